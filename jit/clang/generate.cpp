// LLVM's code generator.
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetOptions.h>

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
    // Every constant of a kernel would be loaded before its outermost loop, and most be spilled:
    // code is slower for it, and the register allocator takes seconds for the longest kernels.
    const char* const arguments[] = {"dunlin", "-disable-machine-licm"};
    llvm::cl::ParseCommandLineOptions(2, arguments, "", &llvm::nulls());
}

}  // namespace

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
                                    DunlinClangOutput output) {
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
    const bool unsupported = machine.addPassesToEmitFile(passes, stream, nullptr, type);
    if (!unsupported) passes.run(module);
    return bytes;
}

}  // namespace dunlin::clang_module
