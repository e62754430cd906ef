// LLVM's code generator.
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetOptions.h>

#include <iterator>
#include <mutex>

#include "jit/clang/stages.hpp"

namespace dunlin::clang_module {

namespace {

// Once in the life of the process; this copy of LLVM is ours alone.
void initialise() {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    const char* const arguments[] = {
        "dunlin",
        // Every constant of a kernel would be loaded before its outermost loop, and most be
        // spilled: code is slower for it, and the register allocator takes seconds for the longest
        // kernels. That of equal constants one is kept has the same effect.
        "-disable-machine-licm", "-disable-machine-cse",
        // Schedulers that weigh registers first, and know the processor once these are given out.
        "-pre-RA-sched=list-ilp", "-misched-postra",
        // Of no use here, and takes the square of a function's length.
        "-disable-x86-domain-reassignment"};
    llvm::cl::ParseCommandLineOptions(std::size(arguments), arguments, "", &llvm::nulls());
}

/// Adds LLVM's passes. Its strength reduction makes a running address of every place that the loop
/// over VMs goes through, which takes the registers away from loops of the program: where these are
/// about plain numbers they are slower for it. The choice is a setting of the whole process.
bool add_passes(llvm::legacy::PassManager& passes, llvm::TargetMachine& machine,
                llvm::raw_pwrite_stream& stream, llvm::CodeGenFileType type, bool plain) {
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    auto* option = llvm::cl::getRegisteredOptions().lookup("disable-lsr");
    static_cast<llvm::cl::opt<bool>*>(option)->setValue(plain);
    return !machine.addPassesToEmitFile(passes, stream, nullptr, type);
}

}  // namespace

bool has_vectors(const llvm::Module& module) {
    for (const llvm::Function& function : module)
        for (const llvm::Instruction& instruction : llvm::instructions(function))
            if (instruction.getType()->isVectorTy()) return true;
    return false;
}

std::unique_ptr<llvm::TargetMachine> make_target_machine(const DunlinClangRequest& request) {
    static std::once_flag initialised;
    std::call_once(initialised, initialise);
    std::string error;
    const llvm::Target* target = llvm::TargetRegistry::lookupTarget(kTriple, error);
    if (target == nullptr) return nullptr;
    llvm::TargetOptions options;
    // Where the loader finds them, to refuse them.
    options.UseInitArray = true;
    return std::unique_ptr<llvm::TargetMachine>(
        target->createTargetMachine(kTriple, request.target_cpu, "", options, llvm::Reloc::PIC_,
                                    llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}

llvm::SmallVector<char, 0> generate(llvm::Module& module, llvm::TargetMachine& machine,
                                    DunlinClangOutput output, bool plain) {
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    if (output == kDunlinClangIntermediateCode) {
        module.print(stream, nullptr);
        return bytes;
    }
    llvm::legacy::PassManager passes;
    passes.add(llvm::createTargetTransformInfoWrapperPass(machine.getTargetIRAnalysis()));
    const auto type = output == kDunlinClangAssembly ? llvm::CodeGenFileType::AssemblyFile
                                                     : llvm::CodeGenFileType::ObjectFile;
    if (add_passes(passes, machine, stream, type, plain)) passes.run(module);
    return bytes;
}

}  // namespace dunlin::clang_module
