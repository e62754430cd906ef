// LLVM's code generator.
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetOptions.h>

#include "jit/clang/stages.hpp"

namespace dunlin::clang_module {

std::unique_ptr<llvm::TargetMachine> make_target_machine(const DunlinClangRequest& request) {
    static const bool initialised = [] {
        LLVMInitializeX86TargetInfo();
        LLVMInitializeX86Target();
        LLVMInitializeX86TargetMC();
        LLVMInitializeX86AsmPrinter();
        return true;
    }();
    (void)initialised;
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
