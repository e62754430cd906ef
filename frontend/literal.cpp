// Values written on the command line or given by a host.

#include <algorithm>
#include <limits>

#include "frontend/compile.hpp"
#include "frontend/large_stack.hpp"
#include "frontend/parse.hpp"
#include "frontend/walk.hpp"
#include "ir/interpret.hpp"

namespace dunlin::frontend {

using ir::DType;

namespace {

using Result = std::variant<LiteralValue, std::string>;

LiteralValue weak(ir::Constant constant) {
    return {std::move(constant), true};
}

Result literal_of(const ast::Expr& expr);

Result negated(const ast::Unary& node) {
    Result operand = literal_of(*node.operand);
    auto* value = std::get_if<LiteralValue>(&operand);
    if (!value || node.op == ast::UnaryOp::Plus) return operand;
    if (node.op != ast::UnaryOp::Negate || value->constant.type.dtype == DType::Bool)
        return "not a literal";
    auto result = ir::evaluate(ir::Op::Neg, {}, {&value->constant}, value->constant.type);
    return weak(std::move(*result));
}

Result array_of(const ast::ArrayLiteral& node) {
    if (node.items.empty()) return weak({{DType::F64, {0}}, {}});
    std::vector<ir::Constant> rows;
    bool floats = false, bools = false, numbers = false, unsigned_wide = false;
    for (const auto& item : node.items) {
        Result row = literal_of(*item);
        if (auto* why = std::get_if<std::string>(&row)) return *why;
        rows.push_back(std::move(std::get<LiteralValue>(row).constant));
        if (rows.back().type.shape != rows.front().type.shape)
            return "the rows of an array have one shape";
        floats = floats || ir::is_float(rows.back().type.dtype);
        bools = bools || rows.back().type.dtype == DType::Bool;
        numbers = numbers || rows.back().type.dtype != DType::Bool;
        unsigned_wide = unsigned_wide || rows.back().type.dtype == DType::U64;
    }
    if (bools && numbers) return "an array holds numbers or truth values, not both";
    DType dtype = bools           ? DType::Bool
                  : floats        ? DType::F64
                  : unsigned_wide ? DType::U64
                                  : DType::I64;
    ir::Constant array{{dtype, rows.front().type.shape}, {}};
    array.type.shape.insert(array.type.shape.begin(), static_cast<std::int64_t>(rows.size()));
    for (const ir::Constant& row : rows) {
        auto same = row.type.dtype == dtype
                        ? row
                        : *ir::evaluate(ir::Op::Convert, {}, {&row}, {dtype, row.type.shape});
        array.bytes.insert(array.bytes.end(), same.bytes.begin(), same.bytes.end());
    }
    return weak(std::move(array));
}

Result literal_of(const ast::Expr& expr) {
    if (const auto* node = std::get_if<ast::IntegerLiteral>(&expr.node)) {
        constexpr std::uint64_t kLargest = INT64_MAX;
        if (node->negative && node->value > kLargest + 1) return "the number is too large";
        if (node->negative)
            return weak(
                ir::scalar_constant(DType::I64, static_cast<std::int64_t>(~node->value + 1)));
        return weak(
            ir::scalar_constant(node->value > kLargest ? DType::U64 : DType::I64, node->value));
    }
    if (const auto* node = std::get_if<ast::FloatLiteral>(&expr.node))
        return weak(ir::scalar_constant(DType::F64, node->value));
    if (const auto* node = std::get_if<ast::BoolLiteral>(&expr.node))
        return weak(ir::bool_constant(node->value));
    if (const auto* node = std::get_if<ast::Unary>(&expr.node)) return negated(*node);
    if (const auto* node = std::get_if<ast::ArrayLiteral>(&expr.node)) return array_of(*node);
    if (const auto* node = std::get_if<ast::Identifier>(&expr.node)) {
        if (node->name == "inf")
            return weak(ir::scalar_constant(DType::F64, std::numeric_limits<double>::infinity()));
        if (node->name == "nan")
            return weak(ir::scalar_constant(DType::F64, std::numeric_limits<double>::quiet_NaN()));
    }
    return "a value is a number, true, false, or an array of them: 3, -2.5, [1, 2]";
}

}  // namespace

std::variant<LiteralValue, std::string> parse_literal(const std::string& text) {
    Result result;
    run_on_large_stack([&] {
        ir::SourceMap sources;
        ParsedFile parsed = parse(sources, sources.add("value", text));
        const ast::ExpressionStatement* statement =
            parsed.diagnostics.empty() && parsed.statements.size() == 1
                ? std::get_if<ast::ExpressionStatement>(&parsed.statements[0]->node)
                : nullptr;
        result =
            statement
                ? literal_of(*statement->value)
                : Result("a value is a number, true, false, or an array of them: 3, -2.5, [1, 2]");
    });
    return result;
}

std::variant<ir::Constant, std::string> fit_literal(const LiteralValue& value,
                                                    const ir::Type& wanted) {
    const ir::Constant& given = value.constant;
    std::string found = ir::to_string(given.type), want = ir::to_string(wanted);
    if (!ir::broadcasts_to(given.type.shape, wanted.shape))
        return "it is " + want + ", the value has shape " + ir::to_string(given.type.shape);
    DType from = given.type.dtype, to = wanted.dtype;
    bool widens =
        from == to || (ir::is_float(to) && from != DType::Bool &&
                       (value.weak || !ir::is_float(from) || ir::size_of(from) <= ir::size_of(to)));
    bool integers = ir::is_integer(from) && ir::is_integer(to);
    if (!widens && !integers) return "it is " + want + ", the value is " + found;
    ir::Constant converted = given;
    if (from != to)
        converted = *ir::evaluate(ir::Op::Convert, {}, {&given}, {to, given.type.shape});
    if (integers && from != to) {  // wrapping would change the number
        for (std::int64_t k = 0; k < given.count(); ++k) {
            bool same_bits = converted.at<std::int64_t>(k) == given.at<std::int64_t>(k);
            bool same_sign =
                (from == DType::U64 ? given.at<std::uint64_t>(k) > INT64_MAX : false) ==
                    (to == DType::U64 ? converted.at<std::uint64_t>(k) > INT64_MAX : false) ||
                given.at<std::int64_t>(k) >= 0;
            if (!same_bits || !same_sign)
                return std::to_string(given.at<std::int64_t>(k)) + " does not fit " +
                       std::string(ir::name_of(to));
        }
    }
    if (converted.type.shape == wanted.shape) return converted;
    return *ir::evaluate(ir::Op::Copy, {}, {&converted}, wanted);
}

}  // namespace dunlin::frontend
