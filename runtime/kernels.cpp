#include "runtime/kernels.hpp"

#include <algorithm>
#include <chrono>
#include <new>

namespace dunlin::runtime {

namespace {

KernelHook kernel_hook;

std::string call_hook(bool compiling) {
    return kernel_hook ? kernel_hook(compiling) : std::string();
}

}  // namespace

void set_kernel_hook(KernelHook hook) {
    kernel_hook = std::move(hook);
}

PendingKernel::~PendingKernel() {
    if (thread_.joinable()) thread_.join();
}

void PendingKernel::begin(bool compile) {
    const std::scoped_lock lock(mutex_);
    start(compile);
}

void PendingKernel::start(bool compile) {
    compile_ = compile_ || compile;
    const bool idle = state_ == State::Untouched || (state_ == State::NotCached && compile_);
    if (!idle) return;
    state_ = State::Working;
    if (thread_.joinable()) thread_.join();  // it has settled, and ends
    at_work_ = true;
    thread_ = std::thread([this] {
        work();
        const std::scoped_lock lock(mutex_);
        at_work_ = false;
        settled_.notify_all();
    });
}

bool PendingKernel::rest(std::chrono::steady_clock::time_point until) {
    // What has been compiled is soon in the cache, and it would be a pity to lose it.
    constexpr std::chrono::seconds kToStore{2};
    auto rests = [this] { return !at_work_; };
    std::unique_lock lock(mutex_);
    if (settled_.wait_until(lock, until, [&] { return rests() || ready_; }) && rests()) return true;
    return ready_ && settled_.wait_for(lock, kToStore, rests);
}

void PendingKernel::wait(const std::atomic<bool>* stop) {
    constexpr std::chrono::milliseconds kBetweenLooks{50};
    std::unique_lock lock(mutex_);
    do {
        start(true);
        if (state_ == State::Ready || state_ == State::Failed) return;
        settled_.wait_for(lock, kBetweenLooks, [this] { return state_ != State::Working; });
    } while (stop == nullptr || !stop->load(std::memory_order_relaxed));
}

std::shared_ptr<const jit::Kernel> PendingKernel::kernel() const {
    const std::scoped_lock lock(mutex_);
    return kernel_;
}

std::optional<jit::KernelFailure> PendingKernel::failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
}

double PendingKernel::emission() const {
    const std::scoped_lock lock(mutex_);
    return emission_;
}

std::int64_t PendingKernel::text_bytes() const {
    const std::scoped_lock lock(mutex_);
    return text_bytes_;
}

void PendingKernel::work() {
    try {
        if (build_ == nullptr) {
            if (std::string error = call_hook(false); !error.empty())
                return settle(jit::KernelFailure{error, std::nullopt, false});
            emit();
            if (auto kernel = build_->from_cache()) return settle(kernel);
        }
        if (!compilation_wanted()) return;
        if (std::string error = call_hook(true); !error.empty())
            return settle(jit::KernelFailure{error, std::nullopt, false});
        settle(build_->compile());
        build_->store();
        build_.reset();
    } catch (const std::bad_alloc&) {
        settle(jit::KernelFailure{"the memory is exhausted", std::nullopt, false});
    }
}

void PendingKernel::emit() {
    const auto begin = std::chrono::steady_clock::now();
    jit::KernelSource source = jit::emit_kernel(program_, choice_.options);
    const auto bytes = static_cast<std::int64_t>(source.text.size());
    build_ = std::make_unique<jit::KernelBuild>(std::move(source), choice_.instruction_set);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    const std::scoped_lock lock(mutex_);
    emission_ = elapsed.count();
    text_bytes_ = bytes;
}

// When nobody does, the thread ends, and another one will begin where it stopped.
bool PendingKernel::compilation_wanted() {
    const std::scoped_lock lock(mutex_);
    if (compile_) return true;
    state_ = State::NotCached;
    settled_.notify_all();
    return false;
}

void PendingKernel::settle(jit::BuiltKernel built) {
    const std::scoped_lock lock(mutex_);
    if (auto* failure = std::get_if<jit::KernelFailure>(&built)) {
        failure_ = std::move(*failure);
        state_ = State::Failed;
    } else {
        kernel_ = std::get<std::shared_ptr<const jit::Kernel>>(std::move(built));
        state_ = State::Ready;
        ready_ = true;
    }
    settled_.notify_all();
}

PendingKernel& Kernels::of(const ir::Program& program, const KernelChoice& choice) {
    const std::scoped_lock lock(mutex_);
    for (const auto& kernel : kernels_)
        if (kernel->choice() == choice) return *kernel;
    kernels_.push_back(std::make_unique<PendingKernel>(program, choice));
    return *kernels_.back();
}

bool Kernels::rest(std::chrono::steady_clock::time_point until) {
    const std::scoped_lock lock(mutex_);
    return std::all_of(kernels_.begin(), kernels_.end(),
                       [until](const auto& kernel) { return kernel->rest(until); });
}

}  // namespace dunlin::runtime
