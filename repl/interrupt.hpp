// Ctrl-C during a run. The first asks the run to end. Where it has not ended a moment later,
// because it is in the middle of an operation on a large array or of a compilation, the process
// ends all the same. The second ends the process at once.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace dunlin::repl {

// From its making on, Ctrl-C is watched for. There is one at a time.
class InterruptWatch {
  public:
    InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;
    ~InterruptWatch();  // settles

    // Set by the first Ctrl-C.
    static const std::atomic<bool>& flag();
    // What is to be done, in another thread, before the process is ended with a run in it.
    void set_last_words(std::function<void()> last_words);
    // The run has ended: from now on nobody but the caller ends the process.
    void settle();

  private:
    void watch();

    std::mutex mutex_;
    bool settled_ = false;  // under the mutex, and so are they
    std::function<void()> last_words_;
    std::thread watcher_;
};

// Ctrl-C ends the process at once, as it does in programs that do not care.
void stop_watching_for_interrupt();

}  // namespace dunlin::repl
