#include "repl/interrupt.hpp"

#include <semaphore.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "repl/command.hpp"

namespace dunlin::repl {

namespace {

// How long a run that was asked to end may take for it.
constexpr long kPatience = 400'000'000;  // nanoseconds

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

// Wakes the watcher. Of the means to wake a thread, this one is allowed in a signal handler.
sem_t alarm_bell;

void handle_interrupt(int) {
    const int before = errno;
    interrupted.store(true, std::memory_order_relaxed);
    sem_post(&alarm_bell);
    errno = before;
}

void wait_for_bell() {
    while (sem_wait(&alarm_bell) != 0 && errno == EINTR) continue;
}

void wait_for_bell(long nanoseconds) {
    timespec until{};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += nanoseconds;
    until.tv_sec += until.tv_nsec / 1'000'000'000;
    until.tv_nsec %= 1'000'000'000;
    while (sem_timedwait(&alarm_bell, &until) != 0 && errno == EINTR) continue;
}

// What a program has printed is shown, unless somebody is in the middle of writing more.
void flush_output() {
    if (ftrylockfile(stdout) != 0) return;
    std::fflush(stdout);
    funlockfile(stdout);
}

}  // namespace

InterruptWatch::InterruptWatch() {
    sem_init(&alarm_bell, 0, 0);
    watcher_ = std::thread([this] { watch(); });
    struct sigaction action{};
    action.sa_handler = handle_interrupt;
    // After the first signal the system's own handling is back, which ends the process.
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
}

InterruptWatch::~InterruptWatch() {
    settle();
    stop_watching_for_interrupt();
    watcher_.join();
    sem_destroy(&alarm_bell);
}

const std::atomic<bool>& InterruptWatch::flag() {
    return interrupted;
}

void InterruptWatch::set_last_words(std::function<void()> last_words) {
    const std::scoped_lock lock(mutex_);
    last_words_ = std::move(last_words);
}

void InterruptWatch::settle() {
    const std::scoped_lock lock(mutex_);
    if (!settled_) sem_post(&alarm_bell);
    settled_ = true;
}

void InterruptWatch::watch() {
    wait_for_bell();
    if (!interrupted.load()) return;  // settled
    wait_for_bell(kPatience);
    // Held to the end: who comes to settle now, waits for ever.
    const std::scoped_lock lock(mutex_);
    if (settled_) return;
    flush_output();
    if (last_words_) last_words_();
    std::_Exit(kInterrupted);
}

void stop_watching_for_interrupt() {
    std::signal(SIGINT, SIG_DFL);
}

}  // namespace dunlin::repl
