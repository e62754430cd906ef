// One turn of a batch: who runs which of its VMs.
#include <algorithm>
#include <chrono>

#include "runtime/batch.hpp"
#include "runtime/convert.hpp"
#include "runtime/device_cpu.hpp"
#include "runtime/device_interpreter.hpp"

namespace dunlin {

namespace {

using runtime::Ahead;
using runtime::AutoPolicy;
using runtime::Turn;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds kBetweenReports{50'000};
// While the interpreter runs and there may be a kernel soon.
constexpr std::chrono::microseconds kBetweenLooks{500};

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

class TurnRun {
  public:
    TurnRun(Batch::Implementation& batch, const Ahead& ahead)
        : batch_(batch), ahead_(ahead), request_(batch.request()) {}

    Turn go() {
        if (batch_.pending != nullptr && batch_.kernel == nullptr)
            batch_.kernel = batch_.pending->kernel();
        if (batch_.kernel != nullptr)
            run_kernel(0);
        else if (batch_.pending == nullptr || batch_.pending->failure())
            interpret();
        else
            decide();
        return turn_;
    }

  private:
    bool stopped() const { return request_.stop != nullptr && request_.stop->load(); }

    void run_kernel(std::int64_t begin) {
        request_.progress = ahead_.progress;
        request_.progress_interval = kBetweenReports;
        turn_.threads = threads();
        const runtime::CpuReport report =
            runtime::run_on_cpu({*batch_.kernel, request_, batch_.statuses, batch_.kernel_memory,
                                 turn_.threads, begin});
        turn_.interrupted = report.interrupted;
        // Those that faulted in an earlier turn do not run, but are done with all the same.
        turn_.finished = report.interrupted ? report.finished : request_.vms;
        turn_.loop_turns += report.turns;
        turn_.lane_work += report.worked;
        turn_.lane_work_offered += report.offered;
    }

    // A kernel that is done at once is not worth waking other threads.
    int threads() const {
        constexpr double kWorthThreads = 300'000;  // elements
        const double elements = batch_.work.elements * static_cast<double>(request_.vms);
        return batch_.work.loops || elements > kWorthThreads ? batch_.threads() : 1;
    }

    void interpret() {
        request_.progress = ahead_.progress;
        request_.progress_interval = kBetweenReports;
        note(runtime::InterpreterRun(request_, batch_.statuses, false).go());
    }

    void note(const ir::RunReport& report) {
        turn_.interrupted = report.interrupted;
        turn_.finished = report.finished;
        turn_.interpreted = report.finished;
        turn_.loop_turns += report.turns;
        turn_.instructions += report.instructions;
    }

    // Device::Auto, while there is no kernel.
    void decide() {
        const double one_vm = batch_.work.elements * policy_.element;
        const double expected = one_vm * static_cast<double>(request_.vms + ahead_.vm_turns);
        if (left_to_kernels(expected)) {
            const auto begin = Clock::now();
            batch_.pending->wait(request_.stop);
            turn_.waiting = seconds_since(begin);
            batch_.kernel = batch_.pending->kernel();
            if (batch_.kernel != nullptr) return run_kernel(0);
            if (batch_.pending->failure()) return interpret();
            turn_.interrupted = true;
            return;
        }
        if (expected > policy_.trial) want_kernel(expected, 0);
        interpret_until_kernel();
    }

    // Whether the interpreter should not even begin.
    bool left_to_kernels(double expected) const {
        if (!runtime::cheap_to_interpret_together(batch_.code(), request_.vms)) return true;
        return batch_.work.largest_array > policy_.largest_array &&
               expected > policy_.trial + policy_.lookup;
    }

    void interpret_until_kernel() {
        runtime::PendingKernel& pending = *batch_.pending;
        runtime::InterpreterRun run(request_, batch_.statuses, true);
        const auto begin = Clock::now();
        request_.pause = &pending.ready();
        request_.progress_interval = kBetweenLooks;
        request_.progress = [&](std::int64_t finished) {
            if (pending.failure()) run.will_not_be_resumed();
            const double elapsed = seconds_since(begin);
            const double spent = batch_.interpreted_seconds + elapsed;
            if (spent > policy_.trial || pending.text_bytes() > 0)
                want_kernel(rest(elapsed, finished), spent);
            if (ahead_.progress) ahead_.progress(finished);
        };
        note(run.go());
        batch_.interpreted_seconds += seconds_since(begin);
        if (!turn_.interrupted || stopped()) return;
        batch_.kernel = pending.kernel();
        run_kernel(turn_.finished);
    }

    // Seconds that the interpreter would still take, for what is known to come. As long as no VM
    // has ended nothing is known, and what has lasted is expected to last.
    double rest(double elapsed, std::int64_t finished) const {
        constexpr double kTimesElapsed = 3;
        if (finished == 0) return kTimesElapsed * elapsed;
        return elapsed / static_cast<double>(finished) *
               static_cast<double>(request_.vms - finished + ahead_.vm_turns);
    }

    // A kernel is worth what it costs when the rest would take longer, or as much has been spent
    // already on doing without.
    void want_kernel(double rest, double spent) {
        const std::int64_t bytes = batch_.pending->text_bytes();
        const double compilation =
            policy_.compilation + policy_.compilation_of_byte * static_cast<double>(bytes);
        if (bytes > 0)
            batch_.pending->begin(rest > compilation || spent > compilation);
        else if (rest > policy_.lookup || spent > compilation)
            batch_.pending->begin(false);
    }

    Batch::Implementation& batch_;
    const Ahead& ahead_;
    ir::RunRequest request_;
    const AutoPolicy& policy_ = runtime::auto_policy();
    Turn turn_;
};

}  // namespace

runtime::Work runtime::work_of(const ir::Program& program) {
    Work work;
    for (const ir::Routine& routine : program.routines) {
        work.loops = work.loops || routine.terminator.back_edge;
        ir::for_each_instruction(routine, [&](const ir::Instruction& instruction) {
            std::int64_t count = 1;
            if (instruction.result != ir::kNoSlot)
                count = ir::element_count(program.type_of(instruction.result).shape);
            for (ir::SlotId operand : instruction.operands)
                count = std::max(count, ir::element_count(program.type_of(operand).shape));
            work.elements += static_cast<double>(count);
        });
    }
    for (const ir::Slot& slot : program.slots)
        work.largest_array = std::max(work.largest_array, ir::element_count(slot.type.shape));
    return work;
}

runtime::AutoPolicy& runtime::auto_policy() {
    static AutoPolicy policy;
    return policy;
}

runtime::Turn Batch::Implementation::run_turn(const Ahead& ahead) {
    const Turn turn = TurnRun(*this, ahead).go();
    first_turn = false;
    return turn;
}

std::int64_t Batch::Implementation::chosen_print_vm() const {
    return options.print_vm.value_or(vm_count == 1 ? 0 : -1);
}

PrintedLine Batch::Implementation::printed(ir::StatementId statement,
                                           const std::vector<ir::PrintItem>& items) const {
    SourceRange range = runtime::range_of(code(), statement);
    PrintedLine line{range.file, range.line, chosen_print_vm(), ""};
    for (std::size_t k = 0; k < items.size(); ++k) {
        const ir::PrintItem& item = items[k];
        if (k > 0) line.text += ' ';
        if (item.text)
            line.text += *item.text;
        else
            line.text += format(
                Array::over(runtime::to_public(item.type.dtype), item.data, item.type.shape));
    }
    return line;
}

ir::RunRequest Batch::Implementation::request() {
    ir::RunRequest request;
    request.program = &code();
    request.bindings = bindings;
    request.first_vm = piece.first_vm;
    request.vms = piece.vms;
    request.vm_count = vm_count;
    request.seed = options.seed;
    if (options.fuel) request.fuel = *options.fuel;
    request.first_turn = first_turn;
    request.stop = options.stop;
    if (options.print) {
        request.print_vm = chosen_print_vm();
        request.print = [this](ir::StatementId statement, const std::vector<ir::PrintItem>& items) {
            options.print(printed(statement, items));
        };
    }
    return request;
}

}  // namespace dunlin
