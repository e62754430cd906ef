// Calls: functions of the program, of the library, functions that take functions.
#include <algorithm>

#include "tests/random/library_calls.hpp"
#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

namespace {

constexpr std::int64_t kSmallMatrix = 5;

bool has_dtype(char wanted, DType dtype, DType int_type, DType float_type) {
    switch (wanted) {
        case 'A': return true;
        case 'T': return dtype != DType::Bool;
        case 'F': return is_float(dtype);
        case 'I': return is_integer(dtype);
        case 'S':
            return is_float(dtype) || (is_integer(dtype) && size_of(dtype) >= size_of(int_type));
        case 'B': return dtype == DType::Bool;
        case 'i': return dtype == int_type;
        default: return dtype == float_type;
    }
}

bool has_shape(const std::string& wanted, const Shape& shape) {
    if (wanted.empty()) return true;
    switch (wanted[0]) {
        case '.': return shape.empty();
        case 'r': return !shape.empty() && count_of(shape) > 0;
        case 'v': return shape.size() == 1 && shape[0] > 0 && shape[0] <= 64;
        default:
            return shape.size() == 2 && shape[0] == shape[1] && shape[0] > 0 &&
                   shape[0] <= kSmallMatrix;
    }
}

Shape operand_shape(const std::string& wanted, const Shape& result, std::int64_t size) {
    if (wanted.empty()) return result;
    Shape shape = result;
    switch (wanted[0]) {
        case '.': return {};
        case 'n': return {size};
        case 'q': return {std::min(size, kSmallMatrix), std::min(size, kSmallMatrix)};
        case 's': return {result[0], result[0]};
        case 'w': return {result[0]};
        case '>': ++shape[0]; return shape;
        default: shape.insert(shape.begin(), size); return shape;
    }
}

}  // namespace

Writer::Made Writer::library_call(const Type& type, int depth) {
    const LibraryCall& call = choices_.one_of(library_calls());
    bool fits_type =
        has_dtype(call.result[0], type.dtype, program_.int_type, program_.float_type) &&
        has_shape(call.result.substr(1), type.shape);
    bool meets = call.text.starts_with("batch_");
    if (!fits_type || (call.varies && uniform_only_)) return {};
    if (call.text.starts_with("stats.") && !stats_) return {};
    if (meets && (!meets_ || !place_.together || alone_)) return {};
    if (work_left_ < 400 * call.work * place_.repeats) return {};
    spend(call.work * (20 + count_of(type.shape)));
    std::int64_t size = std::max<std::int64_t>(1, some_size());
    std::vector<Expression> parts;
    for (const std::string& operand : call.operands) {
        DType dtype = operand[0] == '='   ? type.dtype
                      : operand[0] == 'B' ? DType::Bool
                      : operand[0] == 'i' ? program_.int_type
                      : operand[0] == 'f' ? program_.float_type
                      : operand[0] == 'u' ? some_integer()
                                          : some_dtype();
        Type wanted{dtype, operand_shape(operand.substr(1), type.shape, size)};
        if (!fits(wanted.shape)) return {};
        parts.push_back(expression(wanted, depth));
    }
    std::string text = call.text;
    if (std::size_t at = text.find("SIZES"); at != std::string::npos)
        text.replace(at, 5, sizes_text(type.shape));
    Expression made = node(type, text, std::move(parts), call.text.substr(0, call.text.find('(')));
    made.moves = false;
    made.uniform = made.uniform && !call.varies;
    return made;
}

Writer::Made Writer::user_call(const Type& type, int depth) {
    if (uniform_only_) return {};
    std::vector<const UserFunction*> fitting;
    for (const UserFunction& function : functions_)
        if (function.results == std::vector<Type>{type} && may_call(function))
            fitting.push_back(&function);
    if (fitting.empty()) return {};
    return call_with_arguments(*choices_.one_of(fitting), depth);
}

// ---- Functions as arguments

// A lambda is called in places that not all VMs come to together.
Writer::Lambda Writer::lambda(const std::vector<Type>& parameters, const Type& result,
                              std::int64_t calls, int depth) {
    std::size_t known = names_.size();
    Place place = place_;
    bool alone = std::exchange(alone_, true);
    place_.repeats *= std::max<std::int64_t>(1, calls);
    Lambda made;
    for (const Type& type : parameters) {
        names_.push_back({fresh("a"), type, false, uniform_only_, false});
        made.head += (made.head.empty() ? "" : ", ") + names_.back().text;
    }
    if (parameters.size() > 1) made.head = "(" + made.head + ")";
    made.head += " => $0";
    made.body = expression(result, depth);
    names_.resize(known);
    place_ = place;
    alone_ = alone;
    return made;
}

Writer::Made Writer::with_lambda(const Type& type, int depth) {
    if (count_of(type.shape) > 100) return {};
    bool rows = !type.shape.empty() && type.shape[0] > 0 && choices_.percent(60);
    Made made = rows ? one_row_at_a_time(type, depth) : rows_to_one(type, depth);
    if (made) made->moves = false;
    return made;
}

std::string Writer::function_of_two(DType dtype) {
    if (dtype == DType::Bool) return choices_.one_of({"(and)", "(or)", "(^)"});
    return choices_.one_of({"(+)", "(*)", "(-)", "minimum", "maximum"});
}

// An array of that many of these.
static Type array_of(std::int64_t length, Type item) {
    item.shape.insert(item.shape.begin(), length);
    return item;
}

// The result has as many rows as the operands.
Writer::Made Writer::one_row_at_a_time(const Type& type, int depth) {
    std::int64_t length = type.shape[0];
    Type row{type.dtype, Shape(type.shape.begin() + 1, type.shape.end())};
    Type item{some_dtype(), choices_.once_in(4) ? some_shape(1) : Shape{}};
    if (length > 40 || !fits(array_of(length, item).shape)) return {};
    spend(30 * length);
    switch (choices_.below(3)) {
        case 0: {
            Lambda f = lambda({item}, row, length, depth);
            Expression x = expression(array_of(length, item), depth);
            return node(type, "map(" + f.head + ", $1)", {std::move(f.body), std::move(x)}, "map");
        }
        case 1: {
            Lambda f = lambda({item, row}, row, length, depth);
            Expression x = expression(array_of(length, item), depth);
            return node(type, "zip_with(" + f.head + ", $1, $2)",
                        {std::move(f.body), std::move(x), expression(type, depth)}, "zip_with");
        }
        default:
            return node(type, "scan(" + function_of_two(type.dtype) + ", $0)",
                        {expression(type, depth)}, "scan");
    }
}

// The result is what all rows come to.
Writer::Made Writer::rows_to_one(const Type& type, int depth) {
    std::int64_t length = std::max<std::int64_t>(1, some_size());
    Type item{some_dtype(), choices_.once_in(4) ? some_shape(1) : Shape{}};
    if (length > 40 || !fits(array_of(length, item).shape) || !fits(array_of(length, type).shape))
        return {};
    spend(30 * length);
    switch (choices_.below(3)) {
        case 0:
            return node(type, "reduce(" + function_of_two(type.dtype) + ", $0)",
                        {expression(array_of(length, type), depth)}, "reduce");
        case 1: {
            Lambda f = lambda({type, item}, type, length, depth);
            Expression x = expression(array_of(length, item), depth);
            return node(type, "fold(" + f.head + ", $1, $2)",
                        {std::move(f.body), std::move(x), expression(type, depth)}, "fold");
        }
        default: {
            Lambda f = lambda({type}, type, 3, depth);
            Expression x = expression(type, depth);
            return node(type, "iterate(" + f.head + ", $1, $2 & 3)",
                        {std::move(f.body), std::move(x), expression({program_.int_type, {}}, 1)},
                        "iterate");
        }
    }
}

}  // namespace dunlin::random_programs
