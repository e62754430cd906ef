// The function that the module exports: the stages one after the other, each timed.
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/raw_ostream.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "jit/clang/stages.hpp"

namespace dunlin::clang_module {

namespace {

class Stopwatch {
  public:
    /// Seconds since the last call, or since construction.
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const std::chrono::duration<double> elapsed = now - last_;
        last_ = now;
        return elapsed.count();
    }

  private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// What LLVM says after the front end, which would else end the process.
struct BackEndLog {
    std::string text;
    bool failed = false;
};

void note(const llvm::DiagnosticInfo* info, void* receiver) {
    if (info->getSeverity() != llvm::DS_Error) return;
    BackEndLog& log = *static_cast<BackEndLog*>(receiver);
    log.failed = true;
    llvm::raw_string_ostream stream(log.text);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info->print(printer);
    stream << '\n';
}

/// What a compilation works on, in the order in which it must be destroyed backwards.
struct Work {
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> module;
    std::unique_ptr<llvm::TargetMachine> machine;
    std::string log;
    BackEndLog back_end;
};

bool fail(const DunlinClangRequest& request, const std::string& log) {
    request.take_log(request.receiver, log.data(), log.size());
    return false;
}

bool run_stages(DunlinClangRequest& request, Work& work) {
    Stopwatch watch;
    work.context.setDiscardValueNames(request.output != kDunlinClangIntermediateCode);
    work.module = parse(request, work.context, work.log);
    request.front_end_time = watch.lap();
    if (work.module == nullptr) return fail(request, work.log);

    work.context.setDiagnosticHandlerCallBack(note, &work.back_end);
    work.machine = make_target_machine(request);
    if (work.machine == nullptr) return fail(request, "LLVM cannot compile for this processor\n");
    const bool plain = !has_vectors(*work.module);  // before loops become vectors
    optimise(*work.module, *work.machine);
    request.optimisation_time = watch.lap();
    const auto bytes = generate(*work.module, *work.machine, request.output, plain);
    request.code_generation_time = watch.lap();
    if (work.back_end.failed) return fail(request, work.back_end.text);
    request.take_output(request.receiver, bytes.data(), bytes.size());
    return true;
}

/// Thrown in place of LLVM's last resort, which is to end the process.
struct FatalError {
    std::string text;
};
void throw_fatal_error(void*, const char* reason, bool) {
    throw FatalError{std::string("fatal error: ") + reason + "\n"};
}

bool compile(DunlinClangRequest& request) {
    static std::once_flag installed;
    std::call_once(installed, [] { llvm::install_fatal_error_handler(throw_fatal_error); });
    auto work = std::make_unique<Work>();
    try {
        return run_stages(request, *work);
    } catch (const FatalError& error) {
        // LLVM was left in the middle of things, which its destructors do not expect.
        [[maybe_unused]] const Work* abandoned = work.release();
        return fail(request, error.text);
    }
}

}  // namespace

}  // namespace dunlin::clang_module

extern "C" __attribute__((visibility("default"))) int DUNLIN_CLANG_COMPILE(
    DunlinClangRequest* request) {
    return dunlin::clang_module::compile(*request) ? 1 : 0;
}
