#include "jit/clang/masks.hpp"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

#include <vector>

namespace dunlin::clang_module {

namespace {

using llvm::BitCastInst;
using llvm::cast;
using llvm::dyn_cast;
using llvm::Instruction;
using llvm::isa;
using llvm::LoadInst;
using llvm::PHINode;
using llvm::Type;
using llvm::Value;

bool is_mask(const Type* type) {
    const auto* vector = dyn_cast<llvm::FixedVectorType>(type);
    return vector != nullptr && vector->getElementType()->isIntegerTy(1);
}

Type* mask_of(const Type* number) {
    return llvm::FixedVectorType::get(Type::getInt1Ty(number->getContext()),
                                      number->getIntegerBitWidth());
}

// What can be done with a vector of truths as well.
bool could_be_mask(const Value* value) {
    const auto* instruction = dyn_cast<Instruction>(value);
    if (instruction == nullptr || !instruction->getType()->isIntegerTy()) return false;
    switch (instruction->getOpcode()) {
        case Instruction::And:
        case Instruction::Or:
        case Instruction::Xor:
        case Instruction::Select:
        case Instruction::Freeze:
        case Instruction::PHI: return true;
        default: return false;
    }
}

class MaskMaker {
  public:
    explicit MaskMaker(llvm::Function& function) : function_(function) {}

    void run() {
        find();
        for (Instruction* number : numbers_) masks_[number] = empty_mask(*number);
        for (Instruction* number : numbers_) fill(*number, *cast<Instruction>(masks_[number]));
        for (BitCastInst* each : casts_) {
            Value* mask = mask_for_cast(each->getOperand(0));
            if (mask == nullptr) continue;
            each->replaceAllUsesWith(mask);
            each->eraseFromParent();
        }
        for (Instruction* number : numbers_) give_to_others(*number);
        for (Instruction* number : numbers_)
            number->replaceAllUsesWith(llvm::PoisonValue::get(number->getType()));
        for (Instruction* number : numbers_) number->eraseFromParent();
    }

  private:
    // The numbers that hang together with a mask, over operands and users.
    void find() {
        std::vector<Value*> waiting;
        for (Instruction& each : llvm::instructions(function_)) {
            auto* between = dyn_cast<BitCastInst>(&each);
            if (between == nullptr) continue;
            if (is_mask(between->getSrcTy()))
                waiting.insert(waiting.end(), each.user_begin(), each.user_end());
            if (!is_mask(between->getDestTy()) || !between->getSrcTy()->isIntegerTy()) continue;
            casts_.push_back(between);
            waiting.push_back(between->getOperand(0));
        }
        while (!waiting.empty()) {
            Value* value = waiting.back();
            waiting.pop_back();
            if (!could_be_mask(value) || !numbers_.insert(cast<Instruction>(value))) continue;
            auto* number = cast<Instruction>(value);
            waiting.insert(waiting.end(), number->op_begin(), number->op_end());
            waiting.insert(waiting.end(), number->user_begin(), number->user_end());
        }
    }

    // The same as a vector, with operands that are still to come.
    static Instruction* empty_mask(Instruction& number) {
        Type* type = mask_of(number.getType());
        if (auto* merged = dyn_cast<PHINode>(&number))
            return PHINode::Create(type, merged->getNumIncomingValues(), "", number.getIterator());
        Instruction* mask = number.clone();
        mask->mutateType(type);
        mask->dropPoisonGeneratingFlags();
        mask->insertBefore(&number);
        return mask;
    }

    void fill(Instruction& number, Instruction& mask) {
        if (auto* merged = dyn_cast<PHINode>(&number)) {
            for (unsigned k = 0; k < merged->getNumIncomingValues(); ++k)
                cast<PHINode>(mask).addIncoming(mask_for(merged->getIncomingValue(k)),
                                                merged->getIncomingBlock(k));
            return;
        }
        // The condition of a choice stays what it is.
        for (unsigned k = isa<llvm::SelectInst>(number) ? 1 : 0; k < number.getNumOperands(); ++k)
            mask.setOperand(k, mask_for(number.getOperand(k)));
    }

    // Null where nothing is won.
    Value* mask_for_cast(Value* value) {
        const auto* loaded = dyn_cast<LoadInst>(value);
        bool changes = masks_.contains(value) || (loaded != nullptr && loaded->isSimple());
        return changes ? mask_for(value) : nullptr;
    }

    Value* mask_for(Value* value) {
        if (auto found = masks_.find(value); found != masks_.end()) return found->second;
        Type* type = mask_of(value->getType());
        if (auto* constant = dyn_cast<llvm::Constant>(value))
            return llvm::ConstantExpr::getBitCast(constant, type);
        if (auto* between = dyn_cast<BitCastInst>(value); between && between->getSrcTy() == type)
            return between->getOperand(0);
        auto* loaded = dyn_cast<LoadInst>(value);
        if (loaded != nullptr && loaded->isSimple())
            return masks_[value] = new LoadInst(type, loaded->getPointerOperand(), "", false,
                                                loaded->getAlign(), loaded->getIterator());
        auto* made = dyn_cast<Instruction>(value);
        auto place = made != nullptr ? *made->getInsertionPointAfterDef()
                                     : function_.getEntryBlock().getFirstInsertionPt();
        return masks_[value] = new BitCastInst(value, type, "", place);
    }

    // Who needs the number gets it from the mask.
    void give_to_others(Instruction& number) {
        Value* again = nullptr;
        const std::vector<llvm::User*> users(number.user_begin(), number.user_end());
        for (llvm::User* user : users) {
            if (numbers_.contains(cast<Instruction>(user))) continue;
            auto* mask = cast<Instruction>(masks_[&number]);
            if (again == nullptr)
                again =
                    new BitCastInst(mask, number.getType(), "", *mask->getInsertionPointAfterDef());
            user->replaceUsesOfWith(&number, again);
        }
    }

    llvm::Function& function_;
    std::vector<BitCastInst*> casts_;  // from a number to a mask
    llvm::SetVector<Instruction*> numbers_;
    llvm::DenseMap<Value*, Value*> masks_;  // of a number
};

}  // namespace

void make_masks_vectors(llvm::Module& module) {
    for (llvm::Function& function : module) MaskMaker(function).run();
}

}  // namespace dunlin::clang_module
