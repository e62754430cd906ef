// The bar that long runs show on a terminal, and take away when they end.
#pragma once

#include <chrono>
#include <cstdint>

namespace dunlin::repl {

class ProgressBar {
  public:
    explicit ProgressBar(std::int64_t turns) : turns_(turns) {}

    // Standard error is a terminal: never into a file or a pipe.
    bool wanted() const;
    // Turns of VMs that have ended, of how many.
    void show(std::int64_t finished, std::int64_t all);
    void clear();

  private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::int64_t turns_;
    bool shown_ = false;
};

}  // namespace dunlin::repl
