// Operators and functions that work element by element.
#include <utility>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

namespace {

struct FloatFunction {
    const char* name;
    const char* tame;  // the same with an argument that does not lead far away
};
constexpr FloatFunction kFloatFunctions[] = {
    {"sin", nullptr},
    {"cos", nullptr},
    {"tan", nullptr},
    {"atan", nullptr},
    {"tanh", nullptr},
    {"asinh", nullptr},
    {"erf", nullptr},
    {"erfc", nullptr},
    {"cbrt", nullptr},
    {"sqrt", "sqrt(abs($0))"},
    {"exp", "exp(tanh($0))"},
    {"exp2", "exp2(sin($0))"},
    {"expm1", "expm1(-abs($0))"},
    {"log", "log(1.5 + abs($0))"},
    {"log2", "log2(0.25 + abs($0))"},
    {"log10", "log10(abs($0) + 0.1)"},
    {"log1p", "log1p(abs($0))"},
    {"asin", "asin(sin($0))"},
    {"acos", "acos(tanh($0))"},
    {"sinh", "sinh(atan($0))"},
    {"cosh", "cosh(atan($0))"},
    {"acosh", "acosh(1 + abs($0))"},
    {"atanh", "atanh(0.75 * sin($0))"},
    {"gamma", "gamma(2.5 + sin($0))"},
};

}  // namespace

Writer::Made Writer::arithmetic(const Type& type, int depth) {
    if (type.dtype == DType::Bool) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 2);
    bool by_number = choices_.once_in(4);
    Type left{by_number ? type.dtype : narrower(type.dtype), by_number ? type.shape : shapes[0]};
    Type right{left.dtype == type.dtype ? narrower(type.dtype) : type.dtype, shapes[1]};
    const char* symbol = choices_.one_of({"+", "-", "*"});
    Expression a = expression(left, depth);
    Expression b = by_number ? number(type.dtype) : expression(right, depth);
    const char* place = left.dtype == type.dtype ? "$w1" : "$1";
    return node(type, std::string("($0 ") + symbol + " " + place + ")",
                {std::move(a), std::move(b)}, symbol);
}

Writer::Made Writer::division(const Type& type, int depth) {
    if (type.dtype == DType::Bool) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 2);
    if (is_float(type.dtype) && choices_.percent(60)) {
        DType dtype = type.dtype;
        if (dtype == program_.float_type && choices_.once_in(4)) dtype = program_.int_type;
        std::string text = tame_ ? "($0 / (1 + abs($1)))" : "($0 / $1)";
        return node(type, text,
                    {expression({dtype, shapes[0]}, depth), expression({dtype, shapes[1]}, depth)},
                    "/");
    }
    const char* symbol = choices_.one_of({"//", "%"});
    Expression a = expression({type.dtype, shapes[0]}, depth);
    Expression b = expression({narrower(type.dtype), shapes[1]}, depth);
    bool safe = is_float(type.dtype) || is_float(b.type.dtype);
    bool open = safe || (b.moves && risk());
    std::string text = std::string("($0 ") + symbol + (open ? " $1)" : " ($1 | 1))");
    if (tame_ && safe) text = std::string("($0 ") + symbol + " (abs($1) + 0.5))";
    if (tame_ && safe && !is_float(b.type.dtype)) return {};
    return node(type, text, {std::move(a), std::move(b)}, symbol);
}

Writer::Made Writer::power(const Type& type, int depth) {
    if (type.dtype == DType::Bool) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 2);
    if (is_integer(type.dtype)) {
        Expression a = expression({type.dtype, shapes[0]}, depth);
        Expression b = expression({narrower(type.dtype), shapes[1]}, depth);
        bool open = b.moves && risk();
        return node(type, open ? "($0 ** $1)" : "($0 ** ($1 & 3))", {std::move(a), std::move(b)},
                    "** of integers");
    }
    if (choices_.percent(50)) {
        std::string exponent = std::to_string(choices_.between(-1, 6));
        Expression base = expression(type, depth);
        Expression made = node(type, (tame_ ? "(sin($0) ** " : "($0 ** ") + exponent + ")",
                               {std::move(base)}, "small power");
        made.moves = made.moves && exponent != "0";
        return made;
    }
    Expression a = expression({type.dtype, shapes[0]}, depth);
    Expression b = expression({narrower(type.dtype), shapes[1]}, depth);
    const char* tame =
        is_float(b.type.dtype) ? "((0.5 + abs(sin($0))) ** tanh($1))" : "(tanh($0) ** $1)";
    bool moves = a.moves && b.moves;  // x ** 0 is known
    Expression made =
        node(type, tame_ ? tame : "($0 ** $1)", {std::move(a), std::move(b)}, "** of floats");
    made.moves = moves;
    return made;
}

Writer::Made Writer::bits(const Type& type, int depth) {
    if (is_float(type.dtype)) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 2);
    Expression a = expression({type.dtype, shapes[0]}, depth);
    bool shift = type.dtype != DType::Bool && choices_.percent(40);
    bool by_number = shapes[0] == type.shape && choices_.once_in(3);
    Expression b =
        by_number ? number(type.dtype) : expression({narrower(type.dtype), shapes[1]}, depth);
    const char* symbol = shift ? choices_.one_of({"<<", ">>"}) : choices_.one_of({"&", "|", "^"});
    // Huge amounts are not what is seen most.
    std::string text =
        std::string("($0 ") + symbol + (shift && choices_.percent(70) ? " ($1 & 7))" : " $w1)");
    return node(type, text, {std::move(a), std::move(b)}, symbol);
}

Writer::Made Writer::bit_function(const Type& type, int depth) {
    if (!is_integer(type.dtype)) return {};
    if (choices_.once_in(4)) {
        std::vector<Shape> shapes = operand_shapes(type.shape, 2);
        return node(type, "rotl($0, $1)",
                    {expression({type.dtype, shapes[0]}, depth),
                     expression({narrower(type.dtype), shapes[1]}, depth)},
                    "rotl");
    }
    std::string name = choices_.one_of({"popcount", "clz", "ctz", "bit_reverse"});
    return node(type, name + "($0)", {expression(type, depth)}, name);
}

Writer::Made Writer::sign_or_not(const Type& type, int depth) {
    if (type.dtype == DType::Bool) return node(type, "(not $0)", {expression(type, depth)}, "not");
    if (is_integer(type.dtype) && choices_.percent(40))
        return node(type, "(~$0)", {expression(type, depth)}, "~");
    return node(type, "(-$0)", {expression(type, depth)}, "negation");
}

Writer::Made Writer::number_function(const Type& type, int depth) {
    if (type.dtype == DType::Bool) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 2);
    switch (choices_.below(4)) {
        case 0: {
            std::string name = choices_.one_of({"abs", "sign"});
            return node(type, name + "($0)", {expression(type, depth)}, name);
        }
        case 1: {
            std::string name = choices_.one_of({"floor", "ceil", "trunc", "round"});
            return node(type, name + "($0)", {expression(type, depth)}, name);
        }
        default: {
            std::string name = choices_.one_of({"minimum", "maximum"});
            Expression a = expression({type.dtype, shapes[0]}, depth);
            Expression b = expression({narrower(type.dtype), shapes[1]}, depth);
            return node(type, name + "($0, $w1)", {std::move(a), std::move(b)}, name);
        }
    }
}

Writer::Made Writer::float_function(const Type& type, int depth) {
    if (!is_float(type.dtype)) return {};
    const FloatFunction& function = kFloatFunctions[choices_.below(std::size(kFloatFunctions))];
    DType dtype = type.dtype;
    bool tame = function.tame != nullptr && (tame_ || choices_.percent(30));
    // Of integers it is a float of the program's type.
    if (!tame && dtype == program_.float_type && choices_.once_in(6)) dtype = some_integer();
    std::string text = tame ? function.tame : std::string(function.name) + "($0)";
    return node(type, text, {expression({dtype, type.shape}, depth)}, function.name);
}

Writer::Made Writer::float_function_of_two(const Type& type, int depth) {
    if (!is_float(type.dtype)) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 3);
    if (choices_.once_in(4))
        return node(
            type, tame_ ? "fma(sin($0), $1, $2)" : "fma($0, $1, $2)",
            {expression({type.dtype, shapes[0]}, depth), expression({type.dtype, shapes[1]}, depth),
             expression({type.dtype, shapes[2]}, depth)},
            "fma");
    shapes = operand_shapes(type.shape, 2);
    std::string name = choices_.one_of({"atan2", "hypot", "copysign", "nextafter"});
    return node(type, name + "($0, $1)",
                {expression({type.dtype, shapes[0]}, depth),
                 expression({narrower(type.dtype), shapes[1]}, depth)},
                name);
}

Writer::Made Writer::comparison(const Type& type, int depth) {
    if (type.dtype != DType::Bool) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 2);
    DType dtype = some_dtype();
    const char* symbol = choices_.one_of({"<", "<=", "==", "!=", ">", ">="});
    bool by_number = shapes[0] == type.shape && choices_.percent(40);
    Expression a = expression({dtype, shapes[0]}, depth);
    Expression b = by_number ? number(dtype) : expression({narrower(dtype), shapes[1]}, depth);
    return node(type, std::string("($0 ") + symbol + " $w1)", {std::move(a), std::move(b)}, symbol);
}

Writer::Made Writer::float_test(const Type& type, int depth) {
    if (type.dtype != DType::Bool) return {};
    if (type.shape.empty() && choices_.once_in(4)) {  // about the type: known when it is loaded
        std::string name = choices_.one_of({"is_float", "is_integer", "is_bool"});
        Expression known = node(type, name + "($0)", {leaf(some_type())}, name);
        known.moves = false;
        return known;
    }
    std::string name = choices_.one_of({"isnan", "isinf", "isfinite", "signbit"});
    return node(type, name + "($0)", {expression({some_float(), type.shape}, depth)}, name);
}

// Between scalars the right side is not always evaluated.
Writer::Made Writer::logical(const Type& type, int depth) {
    if (type.dtype != DType::Bool) return {};
    std::vector<Shape> shapes = operand_shapes(type.shape, 2);
    std::string word = choices_.one_of({"and", "or"});
    Expression a = expression({DType::Bool, shapes[0]}, depth);
    // A scalar that is known and decides is the result, whatever shape the other has.
    if (shapes[0].empty() && !shapes[1].empty() && !a.moves) return {};
    bool outer = std::exchange(alone_, alone_ || !a.uniform);
    Expression b = expression({DType::Bool, shapes[1]}, depth);
    alone_ = outer;
    bool moves = a.moves;
    Expression made = node(type, "($0 " + word + " $1)", {std::move(a), std::move(b)},
                           type.shape.empty() ? word + " of scalars" : word);
    made.moves = moves;
    return made;
}

Writer::Made Writer::where(const Type& type, int depth) {
    std::vector<Shape> shapes = operand_shapes(type.shape, 3);
    bool by_number = choices_.once_in(4);
    Expression condition = expression({DType::Bool, by_number ? type.shape : shapes[0]}, depth);
    Expression a = expression({type.dtype, shapes[1]}, depth);
    Expression b =
        by_number ? number(type.dtype) : expression({narrower(type.dtype), shapes[2]}, depth);
    return node(type, "where($0, $1, $w2)", {std::move(condition), std::move(a), std::move(b)},
                "where");
}

Writer::Made Writer::conditional(const Type& type, int depth) {
    Expression condition = expression({DType::Bool, {}}, depth);
    bool outer = std::exchange(alone_, alone_ || !condition.uniform);
    std::vector<Expression> parts;
    bool moves = condition.moves;
    parts.push_back(std::move(condition));
    parts.push_back(expression(type, depth));
    std::string text = "(if $0 { $1 }";
    if (choices_.once_in(4)) {
        text += " elif $2 { $3 } else { $4 })";
        parts.push_back(expression({DType::Bool, {}}, depth - 1));
        alone_ = alone_ || !parts.back().uniform;
        parts.push_back(expression(type, depth - 1));
    } else {
        text += " else { $2 })";
    }
    parts.push_back(expression(type, depth));
    alone_ = outer;
    Expression made = node(type, text, std::move(parts), "if in an expression");
    made.moves = moves;
    return made;
}

Writer::Made Writer::conversion(const Type& type, int depth) {
    Expression from = expression({some_dtype(), type.shape}, depth);
    if (from.type.dtype == type.dtype) return from;
    bool from_bool = from.type.dtype == DType::Bool;
    std::string feature = std::string("to ") + std::string(name_of(type.dtype)) +
                          (from_bool                   ? " from bool"
                           : is_float(from.type.dtype) ? " from float"
                                                       : "");
    return node(type, dtype_text(type.dtype) + "($0)", {std::move(from)}, feature);
}

}  // namespace dunlin::random_programs
