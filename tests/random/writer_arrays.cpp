// Reductions, scans, sorting, matrix products, and what changes shapes.
#include <algorithm>
#include <numeric>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

namespace {

std::string axis_text(Choices& choices, std::size_t axis, std::size_t rank) {
    auto number = static_cast<std::int64_t>(axis);
    if (choices.below(2) == 1) number -= static_cast<std::int64_t>(rank);
    return std::to_string(number);
}

bool is_small(DType dtype, DType int_type) {
    return dtype == DType::Bool || (is_integer(dtype) && size_of(dtype) < size_of(int_type));
}

// A type whose sums are of that type: the small ones add up in int.
std::optional<DType> summand(Choices& choices, DType sum, DType int_type, DType candidate) {
    if (is_small(sum, int_type)) return {};
    if (sum == int_type && choices.once_in(3) && is_small(candidate, int_type)) return candidate;
    return sum;
}

}  // namespace

Writer::Made Writer::reduction(const Type& type, int depth) {
    bool logical = type.dtype == DType::Bool && choices_.percent(60);
    bool extreme = !logical && (type.dtype == DType::Bool || choices_.percent(40));
    std::string name = logical   ? choices_.one_of({"any", "all"})
                       : extreme ? choices_.one_of({"min", "max"})
                                 : choices_.one_of({"sum", "prod"});
    DType dtype = type.dtype;
    if (!logical && !extreme) {
        auto from = summand(choices_, dtype, program_.int_type, some_dtype());
        if (!from) return {};
        dtype = *from;
    }
    Shape shape = type.shape;
    std::string arguments;
    std::int64_t size = extreme ? std::max<std::int64_t>(some_size(), 1) : some_size();
    auto one = std::find(shape.begin(), shape.end(), 1);
    if (one != shape.end() && choices_.once_in(3)) {  // an axis of size 1 that was longer
        auto axis = static_cast<std::size_t>(one - shape.begin());
        *one = size;
        arguments = ", axis = " + axis_text(choices_, axis, shape.size()) + ", keepdims = true";
    } else if (shape.empty() && choices_.percent(70)) {
        shape = some_shape(1 + choices_.below(3));
        if (extreme && count_of(shape) == 0) return {};
    } else if (shape.size() == 1 && choices_.once_in(4)) {  // two axes at once
        shape.push_back(size);
        shape.insert(shape.begin(), std::max<std::int64_t>(some_size(), 1));
        arguments = ", axis = (0, 2)";
    } else {
        std::size_t axis = choices_.below(shape.size() + 1);
        shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), size);
        arguments = ", axis = " + axis_text(choices_, axis, shape.size());
    }
    if (!fits(shape)) return {};
    std::string tame = tame_ && name == "prod" && is_float(dtype) ? "sin($0)" : "$0";
    return node(type, name + "(" + tame + arguments + ")", {expression({dtype, shape}, depth)},
                name);
}

Writer::Made Writer::index_reduction(const Type& type, int depth) {
    if (type.dtype != program_.int_type) return {};
    Shape shape = type.shape;
    std::string arguments;
    if (shape.empty() && choices_.percent(70)) {
        shape = some_shape(1 + choices_.below(2));
        if (count_of(shape) == 0) return {};
    } else {
        std::size_t axis = choices_.below(shape.size() + 1);
        shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis),
                     std::max<std::int64_t>(some_size(), 1));
        arguments = ", axis = " + axis_text(choices_, axis, shape.size());
    }
    if (!fits(shape)) return {};
    std::string name = choices_.one_of({"argmin", "argmax"});
    return node(type, name + "($0" + arguments + ")", {expression({some_dtype(), shape}, depth)},
                name);
}

Writer::Made Writer::scan(const Type& type, int depth) {
    if (type.shape.empty()) return {};
    bool extreme = type.dtype == DType::Bool || choices_.percent(40);
    std::string name = extreme ? choices_.one_of({"cummin", "cummax"})
                               : choices_.one_of({"cumsum", "cumsum", "cumprod"});
    DType dtype = type.dtype;
    if (!extreme) {
        auto from = summand(choices_, dtype, program_.int_type, some_dtype());
        if (!from) return {};
        dtype = *from;
    }
    std::string axis;
    if (type.shape.size() > 1 || choices_.once_in(4))
        axis =
            ", axis = " + axis_text(choices_, choices_.below(type.shape.size()), type.shape.size());
    std::string tame = tame_ && name == "cumprod" && is_float(dtype) ? "cos($0)" : "$0";
    return node(type, name + "(" + tame + axis + ")", {expression({dtype, type.shape}, depth)},
                name);
}

Writer::Made Writer::sorting(const Type& type, int depth) {
    if (type.shape.empty()) return {};
    bool places = type.dtype == program_.int_type && choices_.percent(50);
    std::string name = places ? "argsort" : "sort";
    std::string arguments;
    if (choices_.once_in(3))
        arguments =
            ", axis = " + axis_text(choices_, choices_.below(type.shape.size()), type.shape.size());
    if (choices_.once_in(3)) arguments += ", descending = true";
    DType dtype = places ? some_dtype() : type.dtype;
    return node(type, name + "($0" + arguments + ")", {expression({dtype, type.shape}, depth)},
                name);
}

Writer::Made Writer::matrix_product(const Type& type, int depth) {
    if (type.dtype == DType::Bool) return {};
    Shape left = type.shape;
    Shape right;
    std::int64_t inner = some_size();
    if (type.shape.empty()) {
        left = right = {inner};
    } else if (type.shape.size() == 1) {
        bool row = choices_.percent(50);
        left = row ? Shape{inner} : Shape{type.shape[0], inner};
        right = row ? Shape{inner, type.shape[0]} : Shape{inner};
    } else {
        right = type.shape;
        left.back() = inner;
        right[right.size() - 2] = inner;
        if (right.size() == 3 && choices_.percent(60)) {
            if (choices_.percent(50))
                right.erase(right.begin());
            else
                left[0] = 1;
        }
    }
    if (!fits(left) || !fits(right) || count_of(type.shape) * inner > 20'000) return {};
    spend(count_of(type.shape) * inner);
    Type a{type.dtype, left};
    Type b{narrower(type.dtype), right};
    if (choices_.once_in(6)) std::swap(a.dtype, b.dtype);
    std::string text = choices_.once_in(4) ? "matmul($0, $1)" : "($0 @ $1)";
    return node(type, text, {expression(a, depth), expression(b, depth)}, "@");
}

Writer::Made Writer::transpose(const Type& type, int depth) {
    std::size_t rank = type.shape.size();
    if (rank < 2) return {};
    std::vector<std::size_t> order(rank);
    std::iota(order.begin(), order.end(), 0);
    std::reverse(order.begin(), order.end());
    std::string axes;
    if (choices_.percent(50)) {
        for (std::size_t k = rank; k > 1; --k) std::swap(order[k - 1], order[choices_.below(k)]);
        for (std::size_t axis : order) axes += ", " + std::to_string(axis);
    }
    Shape shape(rank);
    for (std::size_t k = 0; k < rank; ++k) shape[order[k]] = type.shape[k];
    return node(type, "transpose($0" + axes + ")", {expression({type.dtype, shape}, depth)},
                "transpose");
}

Writer::Made Writer::reshape(const Type& type, int depth) {
    if (type.shape.empty()) return {};
    std::int64_t count = count_of(type.shape);
    std::vector<Shape> shapes = {{count}, {1, count}, {count, 1}};
    for (std::int64_t size : {2, 3, 4, 8, 16})
        if (count % size == 0) shapes.push_back({size, count / size});
    if (count == 1) shapes.push_back({});
    const Shape& from = choices_.one_of(shapes);
    if (from == type.shape) return {};
    std::string sizes = sizes_text(type.shape);
    if (type.shape.size() == 1 && choices_.once_in(4)) sizes = "-1";
    return node(type, "reshape($0, " + sizes + ")", {expression({type.dtype, from}, depth)},
                "reshape");
}

Writer::Made Writer::broadcast(const Type& type, int depth) {
    if (type.shape.empty()) return {};
    Shape from = operand_shapes(type.shape, 2)[1];
    std::string text = choices_.percent(50) ? "broadcast_to($0, " + sizes_text(type.shape) + ")"
                                            : "full(" + shape_text(type.shape) + ", $0)";
    return node(type, text, {expression({type.dtype, from}, depth)}, "broadcast_to");
}

Writer::Made Writer::concatenation(const Type& type, int depth) {
    if (type.shape.empty()) return {};
    std::size_t rank = type.shape.size();
    std::size_t axis = choices_.below(rank);
    std::int64_t size = type.shape[axis];
    std::vector<Expression> parts;
    auto part = [&](std::int64_t length) {
        Shape shape = type.shape;
        shape[axis] = length;
        parts.push_back(
            expression({parts.empty() ? type.dtype : narrower(type.dtype), shape}, depth));
    };
    std::int64_t first = choices_.between(0, size);
    part(first);
    if (choices_.once_in(4)) {
        std::int64_t second = choices_.between(0, size - first);
        part(second);
        part(size - first - second);
    } else {
        part(size - first);
    }
    std::string text = parts.size() == 3 ? "concat($0, $1, $2" : "concat($0, $1";
    if (axis > 0) text += ", axis = " + axis_text(choices_, axis, rank);
    return node(type, text + ")", std::move(parts), "concat");
}

// Rows side by side: [a, b], or stack(a, b) along any axis.
Writer::Made Writer::rows(const Type& type, int depth) {
    if (type.shape.empty()) return {};
    bool stacked = choices_.percent(40);
    std::size_t axis = stacked ? choices_.below(type.shape.size()) : 0;
    std::int64_t size = type.shape[axis];
    if (size == 0 || size > 4) return {};
    Shape shape = type.shape;
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    std::string text;
    std::vector<Expression> parts;
    for (std::int64_t k = 0; k < size; ++k) {
        text += (k ? ", $" : "$") + std::to_string(k);
        parts.push_back(expression({k == 0 ? type.dtype : narrower(type.dtype), shape}, depth));
    }
    if (!stacked) return node(type, "[" + text + "]", std::move(parts), "rows in brackets");
    if (axis > 0) text += ", axis = " + axis_text(choices_, axis, type.shape.size());
    return node(type, "stack(" + text + ")", std::move(parts), "stack");
}

Writer::Made Writer::comprehension(const Type& type, int depth) {
    if (type.shape.empty() || count_of(type.shape) > 100) return {};
    spend(20 * count_of(type.shape));
    Place outer = place_;
    std::size_t known = names_.size();
    bool outer_alone = std::exchange(alone_, true);
    std::string loops;
    std::vector<Expression> sources;
    std::size_t axes = type.shape.size() > 1 && choices_.once_in(3) ? 2 : 1;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        std::string variable = fresh("k");
        loops += (axis ? ", " : "") + variable + " in ";
        Type item{program_.int_type, {}};
        bool uniform = true;
        if (choices_.percent(60)) {
            std::int64_t first = choices_.once_in(4) ? choices_.between(-3, 3) : 0;
            loops += std::to_string(first) + ".." +
                     (first == 0 ? size_text(type.shape[axis])
                                 : std::to_string(first + type.shape[axis]));
        } else {
            item = {some_dtype(), choices_.once_in(3) ? some_shape(1) : Shape{}};
            Shape source = item.shape;
            source.insert(source.begin(), type.shape[axis]);
            if (!fits(source)) source = {type.shape[axis]}, item.shape = {};
            sources.push_back(expression({item.dtype, source}, depth));
            uniform = sources.back().uniform;
            loops += "$" + std::to_string(sources.size());
        }
        names_.push_back({variable, item, true, uniform, false});
    }
    place_.repeats *= std::max<std::int64_t>(1, count_of(type.shape));
    Type body{type.dtype,
              Shape(type.shape.begin() + static_cast<std::ptrdiff_t>(axes), type.shape.end())};
    std::vector<Expression> parts = {expression(body, depth)};
    std::move(sources.begin(), sources.end(), std::back_inserter(parts));
    names_.resize(known);
    alone_ = outer_alone;
    place_ = outer;
    return node(type, "[$0 for " + loops + "]", std::move(parts), "comprehension");
}

}  // namespace dunlin::random_programs
