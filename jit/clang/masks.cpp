#include "jit/clang/masks.hpp"

#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

#include <vector>

namespace dunlin::clang_module {

namespace {

using llvm::BitCastInst;
using llvm::dyn_cast;
using llvm::Instruction;
using llvm::Value;

// A number made into truths, as many as a register has bits.
BitCastInst* mask_of_number(Value* value) {
    auto* made = dyn_cast<BitCastInst>(value);
    if (made == nullptr || !made->getDestTy()->isVectorTy()) return nullptr;
    if (!made->getDestTy()->getScalarType()->isIntegerTy(1)) return nullptr;
    const llvm::Type* number = made->getSrcTy();
    const bool fits = number->isIntegerTy(8) || number->isIntegerTy(16) ||
                      number->isIntegerTy(32) || number->isIntegerTy(64);
    return fits ? made : nullptr;
}

bool is_or(const Value* value) {
    const auto* instruction = dyn_cast<Instruction>(value);
    return instruction != nullptr && instruction->getOpcode() == Instruction::Or;
}

// An empty piece of assembler, which gives what it takes.
Value* hidden(Value* number, Instruction* before) {
    llvm::Type* type = number->getType();
    auto* function = llvm::FunctionType::get(type, {type}, false);
    auto* nothing = llvm::InlineAsm::get(function, "", "=r,0", /*hasSideEffects=*/false);
    return llvm::CallInst::Create(function, nothing, {number}, "", before->getIterator());
}

void hide_joined_masks(llvm::Function& function) {
    std::vector<BitCastInst*> joined;
    for (Instruction& each : llvm::instructions(function)) {
        BitCastInst* mask = mask_of_number(&each);
        if (mask != nullptr && is_or(mask->getOperand(0))) joined.push_back(mask);
        // Of vectors from the beginning: one of the two is enough.
        if (!is_or(&each)) continue;
        BitCastInst* left = mask_of_number(each.getOperand(0));
        if (left == nullptr || mask_of_number(each.getOperand(1)) == nullptr) continue;
        each.setOperand(0, left->clone());
        auto* own = llvm::cast<BitCastInst>(each.getOperand(0));
        own->insertBefore(&each);
        joined.push_back(own);
    }
    for (BitCastInst* mask : joined) mask->setOperand(0, hidden(mask->getOperand(0), mask));
}

}  // namespace

void hide_joined_masks(llvm::Module& module) {
    for (llvm::Function& function : module) hide_joined_masks(function);
}

}  // namespace dunlin::clang_module
