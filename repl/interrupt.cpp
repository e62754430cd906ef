#include "repl/interrupt.hpp"

#include <csignal>

namespace dunlin::repl {

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

}  // namespace

const std::atomic<bool>& interrupt_flag() {
    return interrupted;
}

void watch_for_interrupt() {
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted.store(true, std::memory_order_relaxed); };
    // After the first signal the system's own handling is back, which ends the process.
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
}

}  // namespace dunlin::repl
