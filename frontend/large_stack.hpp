// Runs a function on a thread with a large stack. The front end walks trees by recursion; their
// depth is bounded, but the bound is more than a host's own thread may have room for. The pages are
// used only when they are needed.
#pragma once

#include <functional>

namespace dunlin::frontend {

void run_on_large_stack(const std::function<void()>& work);

}  // namespace dunlin::frontend
