// The peer of the benchmark `halting`: a plain interpreter of the word machine.
//   word_machine switch|goto IMAGES.npy LIMIT FOLDER
// Writes steps.npy, halted.npy, memory.npy, printed.npy and printed_count.npy into the folder. The
// machine is that of halting.dun. `switch` and `goto` are two ways to choose the operation.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "bench/common/peer.h"

namespace {

constexpr int kWords = 128;
constexpr int kRoom = 16;
constexpr std::uint32_t kWord = (1u << 29) - 1;

struct Results {
    std::int64_t* steps;
    std::uint8_t* halted;
    std::uint32_t* memory;
    std::uint32_t* printed;
    std::int64_t* printed_count;
};

struct Job {
    bool by_goto;
    const std::uint32_t* images;
    long programs;
    std::int64_t limit;
    int threads;
    Results results;
};

void run_by_switch(const Job& job, long program) {
    std::uint32_t* memory = job.results.memory + program * kWords;
    std::uint32_t* printed = job.results.printed + program * kRoom;
    std::uint32_t acc = 0, pc = 0;
    std::int64_t steps = 0, count = 0;
    bool halted = false;
    while (steps < job.limit) {
        const std::uint32_t word = memory[pc];
        const std::uint32_t argument = word >> 3, a = argument % kWords;
        if ((word & 7) == 0) {
            halted = true;
            break;
        }
        ++steps;
        pc = (pc + 1) % kWords;
        switch (word & 7) {
            case 1: acc = argument; break;
            case 2: acc = (acc + memory[a]) & kWord; break;
            case 3: acc = (acc * memory[a]) & kWord; break;
            case 4: memory[a] = acc; break;
            case 5:
                if (acc != 0) pc = a;
                break;
            case 7:
                if (count < kRoom) printed[count++] = memory[a];
                break;
        }
    }
    job.results.steps[program] = steps;
    job.results.halted[program] = halted;
    job.results.printed_count[program] = count;
}

void run_by_goto(const Job& job, long program) {
    static const void* const targets[] = {&&halt,  &&load,   &&add,  &&multiply,
                                          &&store, &&branch, &&read, &&print};
    std::uint32_t* memory = job.results.memory + program * kWords;
    std::uint32_t* printed = job.results.printed + program * kRoom;
    std::uint32_t acc = 0, pc = 0, argument = 0;
    std::int64_t left = job.limit, count = 0;
    bool halted = false;
#define NEXT                                   \
    do {                                       \
        if (left == 0) goto end;               \
        const std::uint32_t word = memory[pc]; \
        argument = word >> 3;                  \
        pc = (pc + 1) % kWords;                \
        --left;                                \
        goto* targets[word & 7];               \
    } while (0)
    NEXT;
load:
    acc = argument;
    NEXT;
add:
    acc = (acc + memory[argument % kWords]) & kWord;
    NEXT;
multiply:
    acc = (acc * memory[argument % kWords]) & kWord;
    NEXT;
store:
    memory[argument % kWords] = acc;
    NEXT;
branch:
    if (acc != 0) pc = argument % kWords;
    NEXT;
read:
    NEXT;
print:
    if (count < kRoom) printed[count++] = memory[argument % kWords];
    NEXT;
#undef NEXT
halt:
    halted = true;
    ++left;  // a halt is not counted
end:
    job.results.steps[program] = job.limit - left;
    job.results.halted[program] = halted;
    job.results.printed_count[program] = count;
}

void run_some(const Job& job, long first, long last) {
    for (long program = first; program < last; ++program) {
        memcpy(job.results.memory + program * kWords, job.images + program * kWords, kWords * 4);
        memset(job.results.printed + program * kRoom, 0, kRoom * 4);
        if (job.by_goto)
            run_by_goto(job, program);
        else
            run_by_switch(job, program);
    }
}

void work(void* data) {
    const Job& job = *static_cast<const Job*>(data);
    if (job.threads == 1) return run_some(job, 0, job.programs);
    constexpr long kSlice = 64;
    std::atomic<long> next = 0;
    std::vector<std::thread> workers;
    for (int k = 0; k < job.threads; ++k)
        workers.emplace_back([&] {
            for (long first; (first = next.fetch_add(kSlice)) < job.programs;)
                run_some(job, first, std::min(first + kSlice, job.programs));
        });
    for (std::thread& worker : workers) worker.join();
}

template <typename Element>
Element* allocate(long count) {
    return static_cast<Element*>(peer_allocate(static_cast<std::size_t>(count) * sizeof(Element)));
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 5) peer_fail("switch|goto IMAGES.npy LIMIT FOLDER are wanted", arguments[0]);
    const PeerArray images = peer_load(arguments[2], "<i4");
    if (images.columns != kWords) peer_fail("is not of 128 words each", arguments[2]);
    const long n = images.rows;
    Job job{
        std::string(arguments[1]) == "goto",
        static_cast<const std::uint32_t*>(images.data),
        n,
        std::atoll(arguments[3]),
        static_cast<int>(peer_setting("BENCH_THREADS", 1)),
        {allocate<std::int64_t>(n), allocate<std::uint8_t>(n), allocate<std::uint32_t>(n * kWords),
         allocate<std::uint32_t>(n * kRoom), allocate<std::int64_t>(n)}};
    peer_measure(work, &job);
    const std::string folder = std::string(arguments[4]) + "/";
    peer_save((folder + "steps.npy").c_str(), "<i8", job.results.steps, n, 0, 8);
    peer_save((folder + "halted.npy").c_str(), "|b1", job.results.halted, n, 0, 1);
    peer_save((folder + "memory.npy").c_str(), "<i4", job.results.memory, n, kWords, 4);
    peer_save((folder + "printed.npy").c_str(), "<i4", job.results.printed, n, kRoom, 4);
    peer_save((folder + "printed_count.npy").c_str(), "<i8", job.results.printed_count, n, 0, 8);
}
