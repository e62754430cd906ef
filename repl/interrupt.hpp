// Ctrl-C during a run: the first asks the run to end, the second ends the process.
#pragma once

#include <atomic>

namespace dunlin::repl {

const std::atomic<bool>& interrupt_flag();
void watch_for_interrupt();

}  // namespace dunlin::repl
