#include "runtime/device_cpu.hpp"

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

#include "ir/interpret_memory.hpp"
#include "runtime/collective.hpp"

namespace dunlin::runtime {

namespace kernel = dunlin::kernel;

namespace {

using kernel::Place;
using kernel::Run;
using kernel::Task;

constexpr std::size_t kAlignment = 128;
// A stripe is what a worker takes at a time. A kernel that refills its lanes has idle ones towards
// the end of each.
constexpr std::int64_t kStripesPerThread = 16;
constexpr std::int64_t kStripesPerThreadWithRefill = 4;
constexpr std::int64_t kLeastStripeWithRefill = 256;

CpuMemory::Block allocate(std::int64_t bytes) {
    const std::size_t whole =
        (static_cast<std::size_t>(bytes) + kAlignment - 1) / kAlignment * kAlignment;
    CpuMemory::Block memory(
        static_cast<unsigned char*>(std::aligned_alloc(kAlignment, std::max(whole, kAlignment))));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

// Lets so many threads work, also when there are fewer cores.
void allow_threads(int threads) {
    static std::mutex mutex;
    static std::unique_ptr<tbb::global_control> control;
    constexpr auto kParallelism = tbb::global_control::max_allowed_parallelism;
    const auto wanted = static_cast<std::size_t>(threads);
    const std::scoped_lock lock(mutex);
    if (tbb::global_control::active_value(kParallelism) >= wanted) return;
    control.reset();  // of several, the one that allows least would count
    control = std::make_unique<tbb::global_control>(kParallelism, wanted);
}

class Launch {
  public:
    explicit Launch(const CpuRun& run)
        : kernel_(run.kernel),
          source_(run.kernel.source),
          request_(run.request),
          statuses_(run.statuses),
          memory_(run.memory),
          threads_(std::max(1, run.threads)),
          begin_(run.begin) {
        report_.finished = run.begin;
        prepare();
    }
    Launch(const Launch&) = delete;
    Launch& operator=(const Launch&) = delete;
    ~Launch() {
        for (auto& worker : resting_) memory_.give_back(std::move(worker->memory));
    }

    CpuReport go() {
        if (request_.progress)
            run_watched();
        else
            run_phases();
        report_.interrupted = stopped();
        report_.finished = finished();
        return report_;
    }

  private:
    void prepare();
    bool stopped() const {
        return request_.stop != nullptr && request_.stop->load(std::memory_order_relaxed);
    }

    // The kernel runs in another thread while this one reports, so that there is a report also when
    // a single VM runs for long.
    void run_watched() {
        std::mutex mutex;
        std::condition_variable ended;
        bool has_ended = false;
        std::exception_ptr failure;
        std::thread runner([&] {
            try {
                run_phases();
            } catch (...) {
                failure = std::current_exception();
            }
            const std::scoped_lock lock(mutex);
            has_ended = true;
            ended.notify_one();
        });
        std::unique_lock lock(mutex);
        while (!ended.wait_for(lock, request_.progress_interval, [&] { return has_ended; })) {
            const std::scoped_lock other(mutex_);
            request_.progress(finished_locked());
        }
        lock.unlock();
        runner.join();
        if (failure) std::rethrow_exception(failure);
    }

    void run_phases() {
        pass(0);
        while (!stopped() && waits_ > 0) {
            const int waits = waits_;
            meet(waits);
            if (!stopped()) pass(waits);
        }
    }

    void pass(int phase);
    std::int64_t stripe_vms(std::int64_t vms) const;
    void work(int phase, std::atomic<std::int64_t>& next, std::int64_t stripe);
    void run_stripe(Task& task, std::int64_t begin, std::int64_t end);
    void meet(int phase);
    std::vector<ir::Binding> places_of_collective() const;

    // A worker begins and ends.
    struct Worker {
        Task task{};
        CpuMemory::Block memory;
    };
    std::unique_ptr<Worker> begin_worker(int phase);
    void end_worker(std::unique_ptr<Worker> worker);

    std::int64_t finished() {
        const std::scoped_lock lock(mutex_);
        return finished_locked();
    }
    std::int64_t finished_locked() {
        std::int64_t count = report_.finished;
        for (Worker* worker : working_)
            count += __atomic_load_n(&worker->task.finished, __ATOMIC_RELAXED);
        return count;
    }

    tbb::task_arena& arena() {
        std::call_once(arena_made_, [this] {
            allow_threads(threads_);
            arena_.emplace(threads_);
        });
        return *arena_;
    }

    static void print(Run* run, unsigned site, long long vm, const unsigned char* values);
    static void parallel(Run* run, kernel::Body body, const void* frame, long long count,
                         long long grain);

    const jit::Kernel& kernel_;
    const jit::KernelSource& source_;
    const ir::RunRequest& request_;
    Statuses& statuses_;
    CpuMemory& memory_;  // under the mutex, but for what it keeps for collectives
    const int threads_;
    const std::int64_t begin_;
    std::vector<Place> places_;
    Run run_{};
    std::once_flag arena_made_;
    std::optional<tbb::task_arena> arena_;
    std::mutex mutex_;  // over what follows, and calls of `print` and `progress`
    int waits_ = 0;
    std::vector<Worker*> working_;
    std::vector<std::unique_ptr<Worker>> resting_;
    CpuReport report_;
};

void Launch::prepare() {
    for (ir::SlotId slot : source_.ports) {
        const ir::Binding& binding = request_.bindings[slot];
        places_.push_back({reinterpret_cast<unsigned char*>(binding.data), binding.stride});
    }
    statuses_.use_sites(source_.sites);
    run_.seed = request_.seed;
    run_.fuel = request_.fuel;
    run_.vm_count = request_.vm_count;
    run_.first_vm = request_.first_vm;
    run_.vms = request_.vms;
    run_.print_vm = request_.print ? request_.print_vm : -1;
    run_.first_turn = request_.first_turn ? 1 : 0;
    static const unsigned char kNever = 0;
    static_assert(sizeof(std::atomic<bool>) == 1);
    run_.stop = request_.stop != nullptr
                    ? reinterpret_cast<const volatile unsigned char*>(request_.stop)
                    : &kNever;
    run_.places = places_.data();
    run_.constants = reinterpret_cast<const unsigned char*>(source_.constants.data());
    run_.saved = memory_.saved(saved_bytes(source_, request_.vms));
    run_.statuses = statuses_.words();
    run_.host = this;
    run_.print = &print;
    run_.parallel = threads_ > 1 ? &parallel : nullptr;
}

// --- Workers ---

std::unique_ptr<Launch::Worker> Launch::begin_worker(int phase) {
    std::unique_ptr<Worker> worker;
    const std::scoped_lock lock(mutex_);
    if (!resting_.empty()) {
        worker = std::move(resting_.back());
        resting_.pop_back();
    } else {
        worker = std::make_unique<Worker>();
        worker->memory = memory_.take(source_.memory_bytes);
    }
    worker->task = Task{};
    worker->task.memory = worker->memory.get();
    worker->task.phase = phase;
    working_.push_back(worker.get());
    return worker;
}

void Launch::end_worker(std::unique_ptr<Worker> worker) {
    const std::scoped_lock lock(mutex_);
    std::erase(working_, worker.get());
    const Task& task = worker->task;
    if (task.waits > 0) waits_ = task.waits;
    report_.finished += task.finished;
    report_.turns += task.turns;
    report_.worked += task.worked;
    report_.offered += task.offered;
    resting_.push_back(std::move(worker));
}

std::int64_t Launch::stripe_vms(std::int64_t vms) const {
    auto share = [vms](std::int64_t parts) { return (vms + parts - 1) / parts; };
    std::int64_t stripe = share(threads_ * kStripesPerThread);
    if (source_.refills)
        stripe = std::max(share(threads_ * kStripesPerThreadWithRefill),
                          std::min(kLeastStripeWithRefill, share(threads_)));
    return (stripe + source_.width - 1) / source_.width * source_.width;
}

// All VMs from where they are to their end or to the next collective.
void Launch::pass(int phase) {
    waits_ = 0;
    const std::int64_t vms = request_.vms - begin_;
    const std::int64_t stripe = stripe_vms(vms);
    std::atomic<std::int64_t> next = begin_;
    // Where lanes are elements, the workers share the loops of one VM after the other.
    if (threads_ == 1 || vms <= stripe || source_.elements) return work(phase, next, request_.vms);
    arena().execute(
        [&] { tbb::parallel_for(0, threads_, [&](int) { work(phase, next, stripe); }); });
}

// Stripes one after the other, as long as there are any.
void Launch::work(int phase, std::atomic<std::int64_t>& next, std::int64_t stripe) {
    if (next.load(std::memory_order_relaxed) >= request_.vms) return;
    auto worker = begin_worker(phase);
    while (!stopped()) {
        const std::int64_t begin = next.fetch_add(stripe, std::memory_order_relaxed);
        if (begin >= request_.vms) break;
        run_stripe(worker->task, begin, std::min(request_.vms, begin + stripe));
    }
    end_worker(std::move(worker));
}

void Launch::run_stripe(Task& task, std::int64_t begin, std::int64_t end) {
    task.begin = begin;
    task.end = end;
    kernel_.function(&run_, &task);
}

// --- What kernels call ---

// Loops over elements, cut into grains that the workers share.
void Launch::parallel(Run* run, kernel::Body body, const void* frame, long long count,
                      long long grain) {
    auto& self = *static_cast<Launch*>(run->host);
    self.arena().execute([&] {
        tbb::parallel_for(tbb::blocked_range<long long>(0, count, grain),
                          [&](const tbb::blocked_range<long long>& range) {
                              if (!self.stopped()) body(frame, range.begin(), range.end());
                          });
    });
}

void Launch::print(Run* run, unsigned site, long long, const unsigned char* values) {
    auto& self = *static_cast<Launch*>(run->host);
    const ir::Instruction& instruction = *self.source_.sites[site].print;
    const ir::Program& program = *self.request_.program;
    std::vector<ir::PrintItem> items;
    std::vector<std::vector<std::byte>> copies;
    std::size_t next_operand = 0;
    std::int64_t end = 0;
    for (std::int64_t item : instruction.attributes) {
        if (item >= 0) {
            items.push_back({&program.texts[static_cast<std::size_t>(item)], {}, nullptr});
            continue;
        }
        const ir::Type& type = program.type_of(instruction.operands[next_operand++]);
        const std::int64_t size = ir::size_of(type.dtype);
        const std::int64_t begin = (end + size - 1) / size * size;
        end = begin + ir::byte_count(type);
        const auto* first = reinterpret_cast<const std::byte*>(values) + begin;
        copies.emplace_back(first, first + ir::byte_count(type));
        ir::make_canonical(type, copies.back().data());
        items.push_back({nullptr, type, copies.back().data()});
    }
    const std::scoped_lock lock(self.mutex_);
    self.request_.print(instruction.statement, items);
}

// --- Collectives ---

std::vector<ir::Binding> Launch::places_of_collective() const {
    static std::byte nothing;
    std::vector<ir::Binding> places(request_.program->slots.size());
    for (ir::SlotId id = 0; id < places.size(); ++id) {
        const ir::Slot& slot = request_.program->slots[id];
        places[id] = request_.bindings[id];
        if (slot.storage == ir::Storage::Constant)
            places[id].data =
                const_cast<std::byte*>(request_.program->constants[slot.constant].bytes.data());
        if (places[id].data == nullptr) places[id].data = &nothing;
    }
    std::int64_t offset = 0;
    for (const jit::SavedSlot& slot : source_.saved) {
        if (slot.by_vm)
            places[slot.slot] = {reinterpret_cast<std::byte*>(run_.saved) + offset, slot.bytes};
        offset += slot.bytes * jit::in_whole_tiles(request_.vms);
    }
    return places;
}

// A collective among the VMs that wait for it.
void Launch::meet(int phase) {
    const ir::RoutineId routine = source_.collectives[static_cast<std::size_t>(phase - 1)];
    const ir::Instruction& instruction = request_.program->routines[routine].terminator.collective;
    const std::vector<ir::Binding> places = places_of_collective();
    auto share_out = [this](std::int64_t count, const std::function<void(std::int64_t)>& body) {
        auto one = [&](std::int64_t k) {
            if (!stopped()) body(k);
        };
        if (threads_ == 1 || count == 1) {
            for (std::int64_t k = 0; k < count; ++k) one(k);
        } else {
            arena().execute([&] { tbb::parallel_for(std::int64_t{0}, count, one); });
        }
    };
    const std::vector<std::int64_t> faulted =
        hold({*request_.program, instruction, places, run_.statuses, request_.vms, share_out});
    for (std::int64_t vm : faulted)
        statuses_.set(
            vm, {ir::Outcome::Faulted, ir::Fault::IndexOutOfRange, instruction.statement, -1});
    report_.finished += static_cast<std::int64_t>(faulted.size());
}

}  // namespace

void CpuMemory::Freer::operator()(unsigned char* memory) const {
    std::free(memory);
}

unsigned char* CpuMemory::saved(std::int64_t bytes) {
    if (saved_ == nullptr || bytes > saved_bytes_) {
        saved_.reset();
        saved_ = allocate(bytes);
        saved_bytes_ = bytes;
    }
    return saved_.get();
}

CpuMemory::Block CpuMemory::take(std::int64_t bytes) {
    if (blocks_.empty()) return allocate(bytes);
    Block block = std::move(blocks_.back());
    blocks_.pop_back();
    return block;
}

std::int64_t saved_bytes(const jit::KernelSource& source, std::int64_t vms) {
    std::int64_t bytes = 0;
    for (const jit::SavedSlot& slot : source.saved) bytes += slot.bytes * jit::in_whole_tiles(vms);
    return bytes;
}

CpuReport run_on_cpu(const CpuRun& run) {
    return Launch(run).go();
}

std::int64_t kernel_working_bytes(const ir::Program& program, const jit::KernelSource& source,
                                  std::int64_t vms, int threads) {
    const std::int64_t workers = source.elements ? 1 : std::min<std::int64_t>(threads, vms);
    std::int64_t bytes = source.memory_bytes * workers + saved_bytes(source, vms);
    for (ir::RoutineId routine : source.collectives)
        bytes += meeting_bytes(program, program.routines[routine].terminator.collective, vms);
    return bytes;
}

}  // namespace dunlin::runtime
