// Indices and slices, of what is read and of what is written.
#include <algorithm>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

namespace {

Subscript whole_axis(std::int64_t size) {
    return {":", {}, size, {size}};
}

// A slice from `start` on, of `size` elements of an axis that has `rest` more behind them.
std::string constant_slice(Choices& choices, std::int64_t start, std::int64_t size,
                           std::int64_t rest) {
    std::string first = start == 0 && choices.below(2) == 0 ? "" : std::to_string(start);
    if (rest == 0) return first + ":";
    if (choices.once_in(3)) return first + ":-" + std::to_string(rest);
    return first + ":" + std::to_string(start + size);
}

}  // namespace

DType Writer::index_dtype(std::int64_t size) {
    return size <= 100 && choices_.once_in(4) ? some_integer() : program_.int_type;
}

// Places in an axis of that size, which has an element. Mostly inside; not always, where a fault
// may happen.
Expression Writer::index_in(std::int64_t size, const Shape& shape, DType dtype) {
    Expression index = expression({dtype, shape}, std::min(expression_depth_, 1));
    if (index.moves && risk()) return index;
    Type type = index.type;
    return node(type, "($0 % #" + std::to_string(size) + ")", {std::move(index)}, "");
}

// A slice whose start is found while running; in front of it and behind it the axis has `room`
// elements more.
Subscript Writer::moving_slice(std::int64_t size, std::int64_t room, std::int64_t step) {
    Expression start = index_in(room + 1, {}, program_.int_type);
    if (!start.moves) return whole_axis(size);
    std::int64_t offset = choices_.once_in(3) ? choices_.between(1, 2) : 0;
    std::string text = offset ? "$ + " + std::to_string(offset) : "$";
    text += " : $ + " + std::to_string(offset + step * size);
    if (step > 1) text += " : " + std::to_string(step);
    return {text, std::move(start), offset + step * size + room, {size}};
}

// Leaves an axis of that size; says how long the axis was.
Subscript Writer::kept_axis(std::int64_t size) {
    std::int64_t before = choices_.between(0, 3);
    std::int64_t behind = choices_.between(0, 3);
    switch (choices_.weighted(std::vector<int>{5, 4, 2, 2, 4, 1})) {
        case 0: return whole_axis(size);
        case 1:
            return {
                constant_slice(choices_, before, size, behind), {}, before + size + behind, {size}};
        case 2: return {"::2", {}, std::max<std::int64_t>(0, 2 * size - before % 2), {size}};
        case 3: return {"::-1", {}, size, {size}};
        case 4: return moving_slice(size, before, 1);
        default: return moving_slice(size, before, choices_.between(2, 3));
    }
}

// Takes one element of an axis.
Subscript Writer::dropped_axis() {
    std::int64_t size = std::max<std::int64_t>(1, some_size());
    if (choices_.percent(40))
        return {std::to_string(choices_.between(-size, size - 1)), {}, size, {}};
    Expression index = index_in(size, {}, index_dtype(size));
    if (is_signed(index.type.dtype) && choices_.once_in(5))
        return {"-1 - $", std::move(index), size, {}};
    return {"$", std::move(index), size, {}};
}

// One or two index arrays, side by side, that leave axes of that shape.
std::vector<Subscript> Writer::index_arrays(const Shape& shape) {
    std::vector<Subscript> made;
    bool two = choices_.once_in(3);
    for (const Shape& each : operand_shapes(shape, two ? 2 : 1)) {
        std::int64_t size = std::max<std::int64_t>(1, some_size());
        made.push_back({"$", index_in(size, each, index_dtype(size)), size, {}});
    }
    made[0].kept = shape;
    return made;
}

// Puts subscripts side by side; their parts follow those that are there already.
std::string Writer::join(std::vector<Subscript> subscripts, std::vector<Expression>& parts) {
    std::string text;
    for (Subscript& subscript : subscripts) {
        if (!text.empty()) text += ", ";
        for (char c : subscript.text) {
            text += c;
            if (c == '$') text += std::to_string(parts.size());
        }
        if (subscript.part) parts.push_back(std::move(*subscript.part));
    }
    return text;
}

Writer::Made Writer::indexed(const Type& type, int depth) {
    std::vector<Subscript> subscripts;
    std::size_t arrays_at = type.shape.size();
    if (!type.shape.empty() && choices_.percent(30)) arrays_at = choices_.below(type.shape.size());
    for (std::size_t axis = 0; axis < type.shape.size(); ++axis) {
        if (choices_.once_in(5)) subscripts.push_back(dropped_axis());
        if (axis == arrays_at) {
            std::size_t end = std::min(type.shape.size(), axis + 1 + choices_.below(2));
            for (Subscript& each :
                 index_arrays(Shape(type.shape.begin() + static_cast<std::ptrdiff_t>(axis),
                                    type.shape.begin() + static_cast<std::ptrdiff_t>(end))))
                subscripts.push_back(std::move(each));
            axis = end - 1;
        } else if (type.shape[axis] == 1 && arrays_at == type.shape.size() &&
                   choices_.percent(40)) {
            subscripts.push_back({"None", {}, {}, {1}});
        } else {
            subscripts.push_back(kept_axis(type.shape[axis]));
        }
    }
    if (type.shape.empty() || choices_.once_in(5)) subscripts.push_back(dropped_axis());
    if (type.shape.empty() && choices_.once_in(3)) subscripts.push_back(dropped_axis());
    Shape source;
    for (const Subscript& subscript : subscripts)
        if (subscript.source) source.push_back(*subscript.source);
    if (source.empty() || source.size() > 4 || !fits(source)) return {};
    bool arrays = arrays_at < type.shape.size();
    while (subscripts.size() > 1 && subscripts.back().text == ":" && choices_.percent(50))
        subscripts.pop_back();
    std::vector<Expression> parts = {expression({type.dtype, source}, depth)};
    std::string text = join(std::move(subscripts), parts);
    return node(type, "$0[" + text + "]", std::move(parts), arrays ? "index arrays" : "indices");
}

Writer::Made Writer::take(const Type& type, int depth) {
    if (type.shape.empty()) return {};
    std::size_t axis = choices_.below(type.shape.size());
    std::int64_t size = std::max<std::int64_t>(1, some_size());
    Shape source = type.shape;
    source[axis] = size;
    if (!fits(source)) return {};
    std::string text =
        axis == 0 ? "take($0, $1)" : "take($0, $1, axis = " + std::to_string(axis) + ")";
    Expression indices = index_in(size, {type.shape[axis]}, index_dtype(size));
    return node(type, text, {expression({type.dtype, source}, depth), std::move(indices)}, "take");
}

// A part of an axis of that size, to be written.
Subscript Writer::place_in_axis(std::int64_t size) {
    std::int64_t before = size > 0 ? choices_.between(0, size) : 0;
    std::int64_t count = choices_.between(0, size - before);
    switch (choices_.weighted(std::vector<int>{4, 3, 4, 3, 1, 3})) {
        case 0: return whole_axis(size);
        case 1:
            if (size == 0) return whole_axis(size);
            return {std::to_string(choices_.between(-size, size - 1)), {}, size, {}};
        case 2:
            if (size == 0) return whole_axis(size);
            return {"$", index_in(size, {}, index_dtype(size)), size, {}};
        case 3:
            return {
                std::to_string(before) + ":" + std::to_string(before + count), {}, size, {count}};
        case 4: return {"::2", {}, size, {(size + 1) / 2}};
        default: {
            Expression start = index_in(size - count + 1, {}, program_.int_type);
            if (!start.moves) return whole_axis(size);
            return {"$ : $ + " + std::to_string(count), std::move(start), size, {count}};
        }
    }
}

// Where in an array of that shape something is written.
std::vector<Subscript> Writer::place_in(const Shape& shape) {
    std::vector<Subscript> made;
    if (choices_.once_in(4)) {  // an index array for the first axis, or two for two axes
        Shape indices = {choices_.once_in(3) ? some_size() : choices_.between(0, 4)};
        std::size_t arrays = shape.size() > 1 && choices_.once_in(3) ? 2 : 1;
        if (std::all_of(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(arrays),
                        [](std::int64_t size) { return size > 0; })) {
            for (std::size_t k = 0; k < arrays; ++k)
                made.push_back(
                    {"$", index_in(shape[k], indices, index_dtype(shape[k])), shape[k], {}});
            made[0].kept = indices;
        }
    }
    while (made.size() < shape.size()) {
        if (!made.empty() && choices_.once_in(3)) break;
        made.push_back(place_in_axis(shape[made.size()]));
    }
    return made;
}

}  // namespace dunlin::random_programs
