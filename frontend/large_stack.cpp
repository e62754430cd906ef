#include "frontend/large_stack.hpp"

#include <pthread.h>

#include <exception>

namespace dunlin::frontend {

namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 20;

struct Work {
    const std::function<void()>* function;
    std::exception_ptr failure;
};

void* run(void* argument) {
    auto* work = static_cast<Work*>(argument);
    try {
        (*work->function)();
    } catch (...) {
        work->failure = std::current_exception();
    }
    return nullptr;
}

}  // namespace

void run_on_large_stack(const std::function<void()>& work) {
    Work shared{&work, nullptr};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    pthread_t thread;
    bool started = pthread_create(&thread, &attributes, run, &shared) == 0;
    pthread_attr_destroy(&attributes);
    if (started) {
        pthread_join(thread, nullptr);
    } else {
        run(&shared);  // no room for another stack: the caller's own has to do
    }
    if (shared.failure) std::rethrow_exception(shared.failure);
}

}  // namespace dunlin::frontend
