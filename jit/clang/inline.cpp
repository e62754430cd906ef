#include "jit/clang/inline.hpp"

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <vector>

namespace dunlin::clang_module {

namespace {

using llvm::CallBase;
using llvm::Function;

/// Instructions, after simplification, of functions that are worth a copy at every call. Those that
/// take masked lanes to memory one by one are above it.
constexpr unsigned kMostInstructions = 40;

bool is_callable_from_outside(const Function& function) {
    return !function.hasLocalLinkage() && !function.hasLinkOnceODRLinkage();
}

llvm::SmallVector<CallBase*, 32> calls_in(Function& function) {
    llvm::SmallVector<CallBase*, 32> calls;
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
        auto* call = llvm::dyn_cast<CallBase>(&instruction);
        if (call != nullptr && call->getCalledFunction() != nullptr) calls.push_back(call);
    }
    return calls;
}

/// Adds `function` to the order, after all that it calls.
void visit(Function& function, llvm::SmallPtrSetImpl<Function*>& seen,
           std::vector<Function*>& order) {
    if (function.isDeclaration() || !seen.insert(&function).second) return;
    for (CallBase* call : calls_in(function)) visit(*call->getCalledFunction(), seen, order);
    order.push_back(&function);
}

bool is_worth_inlining(Function& callee, const Function& caller) {
    if (callee.isDeclaration() || &callee == &caller || is_callable_from_outside(callee) ||
        callee.hasFnAttribute(llvm::Attribute::NoInline)) {
        return false;
    }
    return callee.hasFnAttribute(llvm::Attribute::AlwaysInline) || callee.hasOneUse() ||
           callee.getInstructionCount() <= kMostInstructions;
}

}  // namespace

void inline_and_simplify(llvm::Module& module, llvm::FunctionAnalysisManager& analyses,
                         llvm::FunctionPassManager callees, llvm::FunctionPassManager kernels) {
    std::vector<Function*> order;
    llvm::SmallPtrSet<Function*, 32> seen;
    for (Function& function : module) {
        if (is_callable_from_outside(function)) visit(function, seen, order);
    }
    const auto assumptions = [&](Function& function) -> llvm::AssumptionCache& {
        return analyses.getResult<llvm::AssumptionAnalysis>(function);
    };
    for (Function* function : order) {
        for (CallBase* call : calls_in(*function)) {
            if (!is_worth_inlining(*call->getCalledFunction(), *function)) continue;
            llvm::InlineFunctionInfo info(assumptions);
            llvm::InlineFunction(*call, info, /*MergeAttributes=*/true, /*CalleeAAR=*/nullptr,
                                 /*InsertLifetime=*/false);
        }
        analyses.invalidate(*function, llvm::PreservedAnalyses::none());
        auto& passes = is_callable_from_outside(*function) ? kernels : callees;
        analyses.invalidate(*function, passes.run(*function, analyses));
    }
    // From the callers down, so that what only a removed function called goes too.
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
        Function& function = **at;
        if (is_callable_from_outside(function) || !function.use_empty()) continue;
        analyses.clear(function, function.getName());
        function.eraseFromParent();
    }
}

}  // namespace dunlin::clang_module
