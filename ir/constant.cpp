#include "ir/constant.hpp"

namespace dunlin::ir {

Constant bool_constant(bool value) {
    return scalar_constant(DType::Bool, value);
}

Constant vector_constant(DType dtype, const std::vector<std::int64_t>& numbers) {
    Constant constant{Type{dtype, {static_cast<std::int64_t>(numbers.size())}}, {}};
    for (std::int64_t number : numbers) {
        Constant element = scalar_constant(dtype, number);
        constant.bytes.insert(constant.bytes.end(), element.bytes.begin(), element.bytes.end());
    }
    return constant;
}

}  // namespace dunlin::ir
