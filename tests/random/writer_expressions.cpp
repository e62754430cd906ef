// Expressions of a given type: the choice among the productions, and what has no parts.
#include <algorithm>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

Expression Writer::node(const Type& type, std::string text, std::vector<Expression> parts,
                        std::string feature) {
    Expression made{type, std::move(text), std::move(parts), std::move(feature), {}, false, false,
                    true};
    for (const Expression& part : made.parts) {
        made.moves = made.moves || part.moves;
        made.uniform = made.uniform && part.uniform;
    }
    return made;
}

Expression Writer::expression(const Type& type, int depth) {
    spend(8 + count_of(type.shape));
    if (depth <= 0 || work_left_ <= 0 || choices_.below(6) == 0) return leaf(type);
    static const std::vector<Production> kProductions = {
        {30, &Writer::arithmetic},
        {8, &Writer::division},
        {5, &Writer::power},
        {10, &Writer::bits},
        {4, &Writer::bit_function},
        {6, &Writer::sign_or_not},
        {7, &Writer::number_function},
        {16, &Writer::float_function},
        {5, &Writer::float_function_of_two},
        {16, &Writer::comparison},
        {4, &Writer::float_test},
        {10, &Writer::logical},
        {8, &Writer::where},
        {6, &Writer::conditional},
        {8, &Writer::conversion},
        {14, &Writer::reduction},
        {4, &Writer::index_reduction},
        {7, &Writer::scan},
        {6, &Writer::sorting},
        {7, &Writer::matrix_product},
        {5, &Writer::transpose},
        {5, &Writer::reshape},
        {3, &Writer::broadcast},
        {6, &Writer::concatenation},
        {5, &Writer::rows},
        {18, &Writer::indexed},
        {4, &Writer::take},
        {6, &Writer::comprehension},
        {12, &Writer::user_call},
        {14, &Writer::library_call},
        {5, &Writer::with_lambda},
        {6, &Writer::random_numbers},
        {3, &Writer::batch_fact},
        {8, &Writer::collective},
        {4, &Writer::pick_from_batch},
    };
    static const std::vector<int> kWeights = [] {
        std::vector<int> weights;
        for (const Production& production : kProductions) weights.push_back(production.weight);
        return weights;
    }();
    for (int attempt = 0; attempt < 6; ++attempt) {
        const Production& production = kProductions[choices_.weighted(kWeights)];
        if (Made made = (this->*production.make)(type, depth - 1)) return std::move(*made);
    }
    return leaf(type);
}

// The same in all VMs.
Expression Writer::uniform_expression(const Type& type) {
    bool outer = std::exchange(uniform_only_, true);
    Expression made = expression(type, std::min(expression_depth_, 2));
    uniform_only_ = outer;
    return made;
}

Expression Writer::condition() {
    return expression({DType::Bool, {}}, std::min(expression_depth_, 2));
}

std::vector<const Name*> Writer::readable(const std::function<bool(const Name&)>& wanted) const {
    std::vector<const Name*> found;
    for (const Name& name : names_)
        if ((name.uniform || !uniform_only_) && wanted(name)) found.push_back(&name);
    return found;
}

Expression Writer::read(const Name& name) {
    Expression made = node(name.type, name.text, {}, "");
    made.reads = name.text;
    made.moves = name.moves;
    made.uniform = name.uniform;
    return made;
}

// A name of that type; the later ones, which hold more of the program, are taken more often.
Writer::Made Writer::read(const Type& type) {
    auto names = readable([&](const Name& name) { return name.type == type; });
    if (names.empty()) return {};
    std::size_t back = std::min(choices_.below(names.size()), choices_.below(names.size()));
    return read(*names[names.size() - 1 - back]);
}

Expression Writer::leaf(const Type& type) {
    if (choices_.below(8) != 7)
        if (Made name = read(type)) return std::move(*name);
    if (choices_.below(4) != 3) {
        bool any_dtype = choices_.once_in(4);
        bool any_rank = type.shape.empty() || choices_.once_in(3);
        auto names = readable([&](const Name& name) {
            return (any_dtype || name.type.dtype == type.dtype) && count_of(name.type.shape) > 0 &&
                   (any_rank || !name.type.shape.empty());
        });
        if (!names.empty()) {
            const Name& name = *names[names.size() - 1 - choices_.below(names.size())];
            return adapt(read(name), type);
        }
    }
    return constant(type);
}

// ---- Constants

namespace {

std::string integer_text(Choices& choices, DType dtype) {
    int bits = 8 * size_of(dtype);
    if (choices.once_in(14)) {
        if (!is_signed(dtype)) return std::to_string(~std::uint64_t{0} >> (64 - bits));
        std::int64_t least = INT64_MIN >> (64 - bits);
        return choices.below(2) == 0 ? "(" + std::to_string(least) + ")" : std::to_string(~least);
    }
    if (choices.once_in(8)) return std::to_string(choices.below(128));
    if (is_signed(dtype) && choices.once_in(5))
        return "(-" + std::to_string(choices.between(1, 5)) + ")";
    return std::to_string(choices.one_of({1, 2, 3, 0, 5, 7, 10}));
}

std::string float_text(Choices& choices) {
    if (choices.once_in(12))
        return choices.one_of(
            {"inf", "(-inf)", "nan", "(-0.0)", "1e300", "5e-324", "1e-310", "3e38", "1e-40"});
    if (choices.once_in(4)) return format(static_cast<double>(choices.between(1, 4000)) / 1000);
    return choices.one_of({"1.0", "0.5", "2.0", "0.0", "(-1.0)", "0.1", "3.5", "(-2.5)", "pi"});
}

}  // namespace

Expression Writer::number(DType dtype) {
    std::string text = dtype == DType::Bool ? choices_.one_of({"true", "false"})
                       : is_float(dtype)    ? float_text(choices_)
                                            : integer_text(choices_, dtype);
    Expression made = node({dtype, {}}, text, {}, "a number");
    made.number = true;
    return made;
}

Expression Writer::constant(const Type& type) {
    const Shape& shape = type.shape;
    if (shape.empty()) return number(type.dtype);
    std::int64_t count = count_of(shape);
    std::string dtype = dtype_text(type.dtype);
    switch (choices_.below(5)) {
        case 0:
            return node(type,
                        choices_.one_of({"ones(", "ones(", "zeros("}) + sizes_text(shape) +
                            ", dtype = " + dtype + ")",
                        {}, "zeros and ones");
        case 1:
            if (shape.size() == 1 && count > 0 && count <= 8) {
                std::string items;
                for (std::int64_t k = 0; k < count; ++k)
                    items += (k ? ", " : "") + number(type.dtype).text;
                if (type.dtype == DType::Bool)
                    return node(type, "[" + items + "]", {}, "array literal");
                return node(type, dtype + "([" + items + "])", {}, "array literal");
            }
            [[fallthrough]];
        case 2:
            return node(type, "full(" + shape_text(shape) + ", $0)", {number(type.dtype)}, "full");
        default: {
            Type line{type.dtype, {count}};
            std::string step = choices_.one_of({"", " % 7", " - 3", " * 5 % 11"});
            std::string from = choices_.percent(80) ? "arange(#" : "(0..#";
            std::string made = dtype + "(" + from + std::to_string(count) + ")" + step + ")";
            if (type.dtype == DType::Bool)
                made = "(" + from + std::to_string(count) + ") % 3 == 1)";
            if (shape.size() > 1) made = "reshape(" + made + ", " + sizes_text(shape) + ")";
            return node(type, made, {}, "arange");
        }
    }
}

// ---- One type made into another

Expression Writer::with_dtype(Expression from, DType dtype) {
    if (from.type.dtype == dtype) return from;
    Type type{dtype, from.type.shape};
    if (dtype == DType::Bool) return node(type, "($0 > 0)", {std::move(from)}, "a number as bool");
    return node(type, dtype_text(dtype) + "($0)", {std::move(from)}, "conversion");
}

Expression Writer::with_shape(Expression from, const Shape& shape) {
    const Shape have = from.type.shape;
    Type type{from.type.dtype, shape};
    std::int64_t count = count_of(shape);
    std::int64_t elements = count_of(have);
    if (have == shape) return from;
    if (elements == count && !shape.empty())
        return node(type, "reshape($0, " + sizes_text(shape) + ")", {std::move(from)}, "reshape");
    if (have.empty() && from.number)
        return node(type, "full(" + shape_text(shape) + ", $0)", {std::move(from)}, "full");
    if (have.empty())
        return node(type, "broadcast_to($0, " + sizes_text(shape) + ")", {std::move(from)},
                    "broadcast_to");
    if (count == 0 || elements == 0) return constant(type);
    if (shape.empty()) {
        std::string index;
        for (std::int64_t size : have)
            index += (index.empty() ? "" : ", ") +
                     std::to_string(choices_.between(choices_.below(2) == 0 ? 0 : -size, size - 1));
        return node(type, "$0[" + index + "]", {std::move(from)}, "constant index");
    }
    // Flat, then as long as is wanted, then in shape.
    Type line{from.type.dtype, {elements}};
    if (have.size() > 1)
        from = node(line, "reshape($0, #" + std::to_string(elements) + ")", {std::move(from)},
                    "reshape");
    Type fitted{from.type.dtype, {count}};
    if (elements >= count)
        from = node(fitted, "$0[:#" + std::to_string(count) + "]", {std::move(from)},
                    "constant slice");
    else
        from =
            node(fitted,
                 "$0[arange(#" + std::to_string(count) + ") % #" + std::to_string(elements) + "]",
                 {std::move(from)}, "index array");
    if (shape.size() == 1) return from;
    return node(type, "reshape($0, " + sizes_text(shape) + ")", {std::move(from)}, "reshape");
}

Expression Writer::adapt(Expression from, const Type& type) {
    if (from.type.shape.size() > type.shape.size() && choices_.percent(50))
        return with_dtype(with_shape(std::move(from), type.shape), type.dtype);
    return with_shape(with_dtype(std::move(from), type.dtype), type.shape);
}

}  // namespace dunlin::random_programs
