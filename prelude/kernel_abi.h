// What a kernel and its host know of each other: plain structures, the same text on both sides. No
// header is needed, so that this text can stand at the head of a kernel.
//
// A kernel for the CPU is a function `void dunlin_kernel(Run*, Task*)`. It runs the VMs
// [begin, end) of the task, from the beginning of the program (phase 0) or from where they wait
// for a collective (phase k: after the k-th collective of the kernel). VMs are numbered from the
// first one that is bound, not by their number in the whole batch.
#pragma once

namespace dunlin::kernel {

// Where the value of VM v begins: data + v * stride. A stride of 0 is one value for all VMs.
struct Place {
    unsigned char* data;
    long long stride;
};

// What a status word says. Words below kFirstSite have no place in the program; a word from there
// on is kFirstSite plus the number of a site, at which the VM halted, or faulted: then the top bit
// is set too.
enum Status : unsigned int {
    kRunning = 0,
    kFinished = 1,
    kFirstSite = 2,
    kFaulted = 0x80000000u,
};

struct Run;

// Work that a kernel cuts into pieces: calls of body(frame, begin, end), of about `grain` each,
// cover [0, count).
using Body = void (*)(const void* frame, long long begin, long long end);

template <class Frame>
void call_piece(const void* frame, long long begin, long long end) {
    (*static_cast<const Frame*>(frame))(begin, end);
}

// What is the same for all tasks of a run.
struct Run {
    unsigned long long seed;
    unsigned long long fuel;
    long long vm_count;  // of the whole batch
    long long first_vm;  // number in the whole batch of the first VM that is bound
    long long vms;       // that are bound
    long long print_vm;  // number in the whole batch, -1 for none
    unsigned int first_turn;
    const volatile unsigned char* stop;  // looked at in every loop: not 0 ends the run
    const Place* places;                 // by number of the port in the kernel's interface
    const unsigned char* constants;
    unsigned char* saved;  // what waits for a collective
    unsigned int* statuses;
    void* host;
    // A line printed by the VM: `values` are those of the site's operands, one after the other,
    // each aligned to its element type.
    void (*print)(Run*, unsigned int site, long long vm, const unsigned char* values);
    // Null when there is one thread.
    void (*parallel)(Run*, Body body, const void* frame, long long count, long long grain);
};

struct Task {
    unsigned char* memory;  // working memory of this worker
    long long begin;
    long long end;
    int phase;
    int waits;                   // out: 0, or k when VMs wait for the k-th collective
    long long finished;          // out: VMs that have ended, counted on
    unsigned long long turns;    // out: turns of loops, counted on
    unsigned long long worked;   // out: lanes that took part in what was counted
    unsigned long long offered;  // out: lanes that could have
};

}  // namespace dunlin::kernel
