#include "runtime/device_cpu.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include "ir/interpret_memory.hpp"

namespace dunlin::runtime {

namespace kernel = dunlin::kernel;

namespace {

using kernel::Place;
using kernel::Run;
using kernel::Task;

constexpr std::size_t kAlignment = 128;
constexpr std::int64_t kLeastStripe = 1024;   // VMs
constexpr std::int64_t kStripesPerThread = 16;
constexpr std::chrono::milliseconds kBetweenReports{250};

struct FreeMemory {
    void operator()(unsigned char* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<unsigned char, FreeMemory>;

Memory allocate(std::int64_t bytes) {
    const std::size_t whole =
        (static_cast<std::size_t>(bytes) + kAlignment - 1) / kAlignment * kAlignment;
    return Memory(static_cast<unsigned char*>(
        std::aligned_alloc(kAlignment, std::max(whole, kAlignment))));
}

class CpuRun {
  public:
    CpuRun(const jit::Kernel& kernel, const ir::RunRequest& request, int threads)
        : kernel_(kernel),
          source_(kernel.source),
          request_(request),
          threads_(std::max(1, threads)),
          caller_(std::this_thread::get_id()) {
        prepare();
    }

    ir::RunReport go() {
        pass(0);
        while (!stopped() && waits_ > 0) {
            const int waits = waits_;
            meet(waits);
            pass(waits);
        }
        report_.interrupted = stopped();
        if (!report_.interrupted) give_statuses();
        return report_;
    }

  private:
    void prepare() {
        statuses_.resize(static_cast<std::size_t>(request_.vms));
        for (std::int64_t vm = 0; vm < request_.vms; ++vm)
            statuses_[static_cast<std::size_t>(vm)] =
                request_.statuses[vm].outcome == ir::Outcome::Faulted ? kernel::kFaulted : 0;
        for (ir::SlotId slot : source_.ports) {
            const ir::Binding& binding = request_.bindings[slot];
            places_.push_back({reinterpret_cast<unsigned char*>(binding.data), binding.stride});
        }
        std::int64_t saved = 0;
        for (const jit::SavedSlot& slot : source_.saved)
            saved += slot.bytes * jit::in_whole_tiles(request_.vms);
        saved_ = allocate(saved);
        run_.seed = request_.seed;
        run_.fuel = request_.fuel;
        run_.vm_count = request_.vm_count;
        run_.first_vm = request_.first_vm;
        run_.vms = request_.vms;
        run_.print_vm = request_.print ? request_.print_vm : -1;
        run_.first_turn = request_.first_turn ? 1 : 0;
        static const unsigned char kNever = 0;
        run_.stop = request_.stop != nullptr
                        ? reinterpret_cast<const volatile unsigned char*>(request_.stop)
                        : &kNever;
        run_.places = places_.data();
        run_.constants = reinterpret_cast<const unsigned char*>(source_.constants.data());
        run_.saved = saved_.get();
        run_.statuses = statuses_.data();
        run_.host = this;
        run_.print = &print;
        run_.parallel = nullptr;
        static_assert(sizeof(std::atomic<bool>) == 1);
    }

    bool stopped() const { return *run_.stop != 0; }

    // All VMs from where they are to their end or to the next collective.
    void pass(int phase) {
        waits_ = 0;
        const std::int64_t vms = request_.vms;
        std::int64_t stripe = std::max(
            kLeastStripe, (vms + threads_ * kStripesPerThread - 1) / (threads_ * kStripesPerThread));
        stripe = jit::in_whole_tiles(stripe);
        if (threads_ == 1 || vms <= stripe) {
            Task task = worker();
            const Memory memory = allocate(source_.memory_bytes);
            task.memory = memory.get();
            for (std::int64_t begin = 0; begin < vms && !stopped(); begin += stripe)
                run_stripe(task, phase, begin, std::min(vms, begin + stripe));
            finish(task);
            return;
        }
        tbb::task_arena arena(threads_);
        arena.execute([&] {
            const std::int64_t stripes = (vms + stripe - 1) / stripe;
            tbb::parallel_for(
                tbb::blocked_range<std::int64_t>(0, stripes, 1),
                [&](const tbb::blocked_range<std::int64_t>& range) {
                    Task task = worker();
                    const Memory memory = allocate(source_.memory_bytes);
                    task.memory = memory.get();
                    for (std::int64_t k = range.begin(); k < range.end() && !stopped(); ++k)
                        run_stripe(task, phase, k * stripe, std::min(vms, (k + 1) * stripe));
                    finish(task);
                },
                tbb::simple_partitioner());
        });
    }

    static Task worker() { return Task{}; }

    void run_stripe(Task& task, int phase, std::int64_t begin, std::int64_t end) {
        task.begin = begin;
        task.end = end;
        task.phase = phase;
        const long long before = task.finished;
        kernel_.function(&run_, &task);
        finished_ += task.finished - before;
        if (request_.progress && std::this_thread::get_id() == caller_) {
            const auto now = std::chrono::steady_clock::now();
            if (now - reported_ >= kBetweenReports) {
                reported_ = now;
                request_.progress(finished_);
            }
        }
    }

    void finish(const Task& task) {
        const std::scoped_lock lock(mutex_);
        if (task.waits > 0) waits_ = task.waits;
        report_.turns += task.turns;
    }

    // A collective among the VMs that wait for it.
    void meet(int phase) {
        const ir::RoutineId routine =
            source_.collectives[static_cast<std::size_t>(phase - 1)];
        std::vector<ir::Binding> places(request_.program->slots.size());
        static std::byte nothing;
        for (ir::SlotId id = 0; id < places.size(); ++id) {
            const ir::Slot& slot = request_.program->slots[id];
            places[id] = request_.bindings[id];
            if (slot.storage == ir::Storage::Constant)
                places[id].data = const_cast<std::byte*>(
                    request_.program->constants[slot.constant].bytes.data());
            if (places[id].data == nullptr) places[id].data = &nothing;
        }
        std::int64_t offset = 0;
        for (const jit::SavedSlot& slot : source_.saved) {
            if (slot.by_vm)
                places[slot.slot] = {reinterpret_cast<std::byte*>(saved_.get()) + offset,
                                     slot.bytes};
            offset += slot.bytes * jit::in_whole_tiles(request_.vms);
        }
        std::vector<std::uint8_t> live(statuses_.size());
        for (std::size_t vm = 0; vm < live.size(); ++vm) live[vm] = statuses_[vm] == 0 ? 1 : 0;
        ir::CollectiveRun collective(*request_.program, routine);
        collective.run(places, live, [&](std::int64_t vm, ir::VmStatus status) {
            statuses_[static_cast<std::size_t>(vm)] = kernel::kFaulted;
            request_.statuses[vm] = status;
            ++finished_;
        });
    }

    // What kernels write is one word a VM.
    void give_statuses() {
        for (std::int64_t vm = 0; vm < request_.vms; ++vm) {
            const unsigned word = statuses_[static_cast<std::size_t>(vm)];
            const unsigned number = word & ~static_cast<unsigned>(kernel::kFaulted);
            if (number >= kernel::kFirstSite)
                request_.statuses[vm] = source_.sites[number - kernel::kFirstSite].status;
            else if (number == kernel::kFinished)
                request_.statuses[vm] = {};
        }
    }

    static void print(Run* run, unsigned site, long long vm, const unsigned char* values) {
        auto& self = *static_cast<CpuRun*>(run->host);
        (void)vm;
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

    const jit::Kernel& kernel_;
    const jit::KernelSource& source_;
    const ir::RunRequest& request_;
    int threads_;
    std::thread::id caller_;
    std::vector<Place> places_;
    std::vector<unsigned> statuses_;
    Memory saved_;
    Run run_{};
    std::mutex mutex_;
    int waits_ = 0;
    std::atomic<std::int64_t> finished_ = 0;
    std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
    ir::RunReport report_;
};

}  // namespace

ir::RunReport run_on_cpu(const jit::Kernel& kernel, const ir::RunRequest& request, int threads) {
    return CpuRun(kernel, request, threads).go();
}

std::int64_t kernel_working_bytes(const jit::KernelSource& source, std::int64_t vms, int threads) {
    std::int64_t bytes = source.memory_bytes * threads + 4 * vms;
    for (const jit::SavedSlot& slot : source.saved)
        bytes += slot.bytes * jit::in_whole_tiles(vms);
    return bytes;
}

}  // namespace dunlin::runtime
