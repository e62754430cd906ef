// Between the types of the public header and those of ir/ and jit/. Both say the same; only this
// folder sees both.
#pragma once

#include <memory>

#include "ir/constant.hpp"
#include "ir/types.hpp"
#include "jit/instruction_set.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin::runtime {

#define DTYPE(name, text, cpp, kind, bytes) \
    static_assert(static_cast<int>(dunlin::DType::name) == static_cast<int>(ir::DType::name));
#include "ir/dtypes.def"
#undef DTYPE

inline ir::DType to_ir(dunlin::DType dtype) {
    return static_cast<ir::DType>(dtype);
}
inline dunlin::DType to_public(ir::DType dtype) {
    return static_cast<dunlin::DType>(dtype);
}
inline ir::Type to_ir(const dunlin::Type& type) {
    return {to_ir(type.dtype), type.shape};
}
inline dunlin::Type to_public(const ir::Type& type) {
    return {to_public(type.dtype), type.shape};
}

// The constant's elements as an array that keeps them alive.
inline Array to_array(std::shared_ptr<const ir::Constant> constant) {
    const ir::Constant& held = *constant;
    return Array::over(to_public(held.type.dtype), held.bytes.data(), held.type.shape,
                       std::move(constant));
}

static_assert(static_cast<int>(dunlin::InstructionSet::Avx512) ==
              static_cast<int>(jit::InstructionSet::Avx512) + 1);  // the first one is Native

inline dunlin::InstructionSet to_public(jit::InstructionSet set) {
    return static_cast<dunlin::InstructionSet>(static_cast<int>(set) + 1);
}
// An Error when this processor lacks them.
inline Result<jit::InstructionSet> usable_set(dunlin::InstructionSet wanted) {
    const jit::InstructionSet best = jit::instruction_set_of_this_cpu();
    if (wanted == dunlin::InstructionSet::Native) return best;
    const auto set = static_cast<jit::InstructionSet>(static_cast<int>(wanted) - 1);
    if (set <= best) return set;
    return Error{"bad_request",
                 "this processor has no " + std::string(jit::name_of(set)) + " instructions", ""};
}

}  // namespace dunlin::runtime
