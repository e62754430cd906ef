// Which of LLVM's passes a kernel goes through. Kernels are straight vector code under masks and
// scalar loops, printed by a program: they have many small functions to inline and copies to see
// through, and little else. LLVM's own list for -O2 takes two to three times as long; what comes
// out is as fast, but for loops that it would unroll although their turns are not known, and a
// third smaller.
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/CorrelatedValuePropagation.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopLoadElimination.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SCCP.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>

#include "jit/clang/inline.hpp"
#include "jit/clang/masks.hpp"
#include "jit/clang/stages.hpp"

namespace dunlin::clang_module {

namespace {

using llvm::FunctionPassManager;
using llvm::LoopPassManager;

constexpr auto kModifyCfg = llvm::SROAOptions::ModifyCFG;

/// For functions that are about to be inlined.
FunctionPassManager passes_for_callees() {
    FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(kModifyCfg));
    passes.addPass(llvm::EarlyCSEPass());
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::InstCombinePass());
    return passes;
}

void add_simplification(FunctionPassManager& passes) {
    passes.addPass(llvm::SROAPass(kModifyCfg));
    passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::InstCombinePass());
}

void add_loop_passes(FunctionPassManager& passes) {
    LoopPassManager invariants;
    invariants.addPass(llvm::LoopRotatePass());
    invariants.addPass(llvm::LICMPass(llvm::LICMOptions()));
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(invariants),
                                                         /*UseMemorySSA=*/true));
    LoopPassManager unrolling;
    unrolling.addPass(llvm::IndVarSimplifyPass());
    unrolling.addPass(llvm::LoopFullUnrollPass());
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(unrolling)));
}

/// What loops leave behind: arrays whose indices are known by now, conditions that are always true.
void add_second_simplification(FunctionPassManager& passes) {
    passes.addPass(llvm::SROAPass(kModifyCfg));
    passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    passes.addPass(llvm::CorrelatedValuePropagationPass());
    passes.addPass(llvm::SCCPPass());
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::JumpThreadingPass());
    passes.addPass(llvm::DSEPass());
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                                         /*UseMemorySSA=*/true));
}

/// For what is left when all is inlined: the kernel. Its loops over scalars become vectors.
FunctionPassManager passes_for_kernels() {
    FunctionPassManager passes;
    add_simplification(passes);
    add_loop_passes(passes);
    add_second_simplification(passes);
    passes.addPass(llvm::LoopVectorizePass());
    passes.addPass(llvm::LoopLoadEliminationPass());
    passes.addPass(llvm::ADCEPass());
    passes.addPass(llvm::SimplifyCFGPass(
        llvm::SimplifyCFGOptions().convertSwitchRangeToICmp(true).sinkCommonInsts(true)));
    passes.addPass(llvm::InstCombinePass());
    return passes;
}

}  // namespace

void optimise(llvm::Module& module, llvm::TargetMachine& machine) {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager calls;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder builder(&machine);
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(calls);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, calls, modules);
    inline_and_simplify(module, functions, passes_for_callees(), passes_for_kernels());
    if (machine.getMCSubtargetInfo()->checkFeatures("+avx512f")) hide_joined_masks(module);
}

}  // namespace dunlin::clang_module
