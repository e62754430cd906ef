// Clang's front end, on one string.
#include <clang/Basic/DiagnosticOptions.h>
#include <clang/CodeGen/ModuleBuilder.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/TargetParser/Host.h>

#include <string>

#include "jit/clang/stages.hpp"

namespace dunlin::clang_module {

namespace {

// The project's rules of arithmetic are Clang's defaults here, but for contraction, which is off.
// Nothing is concluded from the types of pointers, since a kernel uses the same memory for values
// of several types. Warnings are off: nobody would read them, and looking for them takes time.
bool read_arguments(const DunlinClangRequest& request, clang::CompilerInvocation& invocation,
                    clang::DiagnosticsEngine& diagnostics) {
    // Which instructions are allowed is the request's to say; their order is best for this machine.
    const std::string host = llvm::sys::getHostCPUName().str();
    const std::string bits = "-mprefer-vector-width=" + std::to_string(request.register_bits);
    const char* const arguments[] = {"-triple",
                                     kTriple,
                                     "-tune-cpu",
                                     host.c_str(),
                                     "-target-cpu",
                                     request.target_cpu,
                                     bits.c_str(),
                                     "-x",
                                     "c++",
                                     "-std=c++20",
                                     "-O2",
                                     "-disable-llvm-passes",
                                     "-ffp-contract=off",
                                     "-relaxed-aliasing",
                                     "-disable-lifetime-markers",
                                     "-mrelocation-model",
                                     "pic",
                                     "-pic-level",
                                     "2",
                                     "-nostdsysteminc",
                                     "-nobuiltininc",
                                     "-w",
                                     "-emit-llvm",
                                     request.name};
    return clang::CompilerInvocation::CreateFromArgs(invocation, arguments, diagnostics);
}

/// Makes a module, and no more. Clang's own actions go on to its back end, and would bring all of
/// it into this library.
class MakeModule : public clang::ASTFrontendAction {
  public:
    explicit MakeModule(llvm::LLVMContext& context) : context_(context) {}

    std::unique_ptr<llvm::Module> module;

  private:
    std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                          llvm::StringRef file) override {
        generator_ = clang::CreateLLVMCodeGen(
            compiler.getDiagnostics(), file, &compiler.getVirtualFileSystem(),
            compiler.getHeaderSearchOpts(), compiler.getPreprocessorOpts(),
            compiler.getCodeGenOpts(), context_);
        return std::unique_ptr<clang::ASTConsumer>(generator_);
    }
    void ExecuteAction() override {
        ASTFrontendAction::ExecuteAction();
        module.reset(generator_->ReleaseModule());
    }

    llvm::LLVMContext& context_;
    clang::CodeGenerator* generator_ = nullptr;
};

}  // namespace

std::unique_ptr<llvm::Module> parse(const DunlinClangRequest& request, llvm::LLVMContext& context,
                                    std::string& log) {
    const auto invocation = std::make_shared<clang::CompilerInvocation>();
    llvm::raw_string_ostream stream(log);
    clang::TextDiagnosticPrinter printer(stream, &invocation->getDiagnosticOpts());
    clang::CompilerInstance compiler;
    compiler.setInvocation(invocation);
    compiler.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
    compiler.createDiagnostics(&printer, /*ShouldOwnClient=*/false);
    if (!read_arguments(request, *invocation, compiler.getDiagnostics())) return nullptr;

    // An empty file system: what the text would include does not exist, wherever this runs.
    const auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    files->addFile(
        request.name, 0,
        llvm::MemoryBuffer::getMemBuffer({request.text, request.text_length}, request.name));
    compiler.createFileManager(files);

    MakeModule action(context);
    if (!compiler.ExecuteAction(action)) return nullptr;
    return std::move(action.module);
}

}  // namespace dunlin::clang_module
