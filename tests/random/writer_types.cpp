// Element types, sizes and shapes, and how they are written.
#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

void Writer::choose_profile() {
    tame_ = !choices_.once_in(5);
    risky_ = choices_.percent(50);
    meets_ = choices_.percent(30);
    expression_depth_ = static_cast<int>(choices_.between(2, 5));
    switch (choices_.weighted(std::vector<int>{60, 30, 10})) {
        case 0:
            largest_ = 64;
            sizes_ = {1, 2, 3, 4, 5, 7, 8};
            break;
        case 1:
            largest_ = 600;
            sizes_ = {1, 2, 3, 8, 15, 16, 17, 31, 33, 64, 100};
            break;
        default:
            largest_ = 9000;
            sizes_ = {1, 2, 3, 17, 32, 100, 255, 257, 300, 1000, 4096, 4097, 5000};
            break;
    }
    std::vector<std::int64_t> some;
    for (int k = 0; k < 4; ++k) some.push_back(choices_.one_of(sizes_));
    if (choices_.once_in(6)) some.push_back(0);
    sizes_ = some;
}

// A program has a few element types, so that what is made at one place can be used at another.
void Writer::choose_types() {
    numbers_ = {program_.float_type, program_.int_type, program_.float_type, program_.int_type};
    for (int k = 0; k < 2; ++k)
        numbers_.push_back(
            choices_.one_of({DType::F64, DType::I64, DType::F32, DType::I32, DType::U64, DType::U32,
                             DType::I8, DType::U8, DType::I16, DType::U16}));
    types_ = {{some_float(), {}}, {some_integer(), {}}, {some_float(), some_shape(1)}};
    if (choices_.once_in(3)) types_.push_back({DType::Bool, {}});
    for (std::int64_t k = choices_.between(1, 5); k > 0; --k) {
        auto rank = static_cast<std::size_t>(choices_.weighted(std::vector<int>{3, 6, 4, 2}));
        types_.push_back({some_dtype(), some_shape(rank)});
    }
}

DType Writer::some_of_kind(bool floats) {
    std::vector<DType> kind;
    for (DType dtype : numbers_)
        if (is_float(dtype) == floats) kind.push_back(dtype);
    return choices_.one_of(kind);
}

DType Writer::some_float() {
    return some_of_kind(true);
}

DType Writer::some_integer() {
    return some_of_kind(false);
}

DType Writer::some_number() {
    return choices_.one_of(numbers_);
}

DType Writer::some_dtype() {
    return choices_.once_in(7) ? DType::Bool : some_number();
}

// A type that gives `dtype` when it meets it.
DType Writer::narrower(DType dtype) {
    if (dtype == DType::Bool || choices_.percent(75)) return dtype;
    DType other = some_number();
    if (is_float(dtype))
        return size_of(other) <= size_of(dtype) || !is_float(other) ? other : dtype;
    if (is_float(other)) return dtype;
    bool same_kind = is_signed(other) == is_signed(dtype);
    bool fits = same_kind ? size_of(other) <= size_of(dtype)
                          : is_signed(dtype) && size_of(other) < size_of(dtype);
    return fits ? other : dtype;
}

std::int64_t Writer::some_size() {
    return choices_.one_of(sizes_);
}

Shape Writer::some_shape(std::size_t rank) {
    Shape shape;
    if (!types_.empty() && choices_.percent(50)) {
        const Shape& known = choices_.one_of(types_).shape;
        if (known.size() == rank) return known;
    }
    for (std::size_t axis = 0; axis < rank; ++axis) {
        shape.push_back(some_size());
        if (!fits(shape)) shape.back() = std::min<std::int64_t>(shape.back(), 1 + axis % 2);
        if (!fits(shape)) shape.back() = 1;
    }
    return shape;
}

Type Writer::some_type() {
    if (choices_.percent(80)) return choices_.one_of(types_);
    return {some_dtype(), some_shape(choices_.below(4))};
}

// Shapes that broadcast to `shape` together.
std::vector<Shape> Writer::operand_shapes(const Shape& shape, std::size_t operands) {
    std::vector<Shape> shapes(operands, shape);
    if (shape.empty() || choices_.percent(50)) return shapes;
    auto whole = static_cast<std::size_t>(choices_.below(operands));
    for (std::size_t k = 0; k < operands; ++k) {
        if (k == whole) continue;
        auto dropped = static_cast<std::ptrdiff_t>(choices_.below(shape.size() + 1));
        shapes[k].erase(shapes[k].begin(), shapes[k].begin() + dropped);
        for (std::int64_t& size : shapes[k])
            if (choices_.once_in(4)) size = 1;
    }
    if (operands > 1 && choices_.percent(50)) {  // an axis of which the whole one has 1
        std::size_t other = (whole + 1) % operands;
        if (shapes[other].size() == shape.size())
            for (std::size_t axis = 0; axis < shape.size(); ++axis)
                if (shapes[other][axis] == shape[axis] && choices_.percent(50))
                    shapes[whole][axis] = 1;
    }
    return shapes;
}

std::string Writer::size_text(std::int64_t size) {
    for (const auto& [name, value] : sizes_by_name_)
        if (value == size && choices_.once_in(3)) return name;
    return "#" + std::to_string(size);
}

std::string Writer::sizes_text(const Shape& shape) {
    std::string text;
    for (std::int64_t size : shape) text += (text.empty() ? "" : ", ") + size_text(size);
    return text;
}

std::string Writer::shape_text(const Shape& shape) {
    std::string sizes = sizes_text(shape);
    if (shape.size() == 1) return sizes;
    return choices_.percent(50) ? "(" + sizes + ")" : "[" + sizes + "]";
}

std::string Writer::dtype_text(DType dtype) {
    if (dtype == program_.int_type && choices_.percent(50)) return "int";
    if (dtype == program_.float_type && choices_.percent(50)) return "float";
    return std::string(name_of(dtype));
}

std::string Writer::type_text(const Type& type) {
    std::string text = dtype_text(type.dtype);
    return type.shape.empty() ? text : text + "[" + sizes_text(type.shape) + "]";
}

}  // namespace dunlin::random_programs
