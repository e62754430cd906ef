// The line that long runs show on a terminal, and take away when they end.
#pragma once

#include <chrono>
#include <cstdint>

namespace dunlin::repl {

class ProgressLine {
  public:
    explicit ProgressLine(std::int64_t turns) : turns_(turns) {}

    // Standard error is a terminal: never into a file or a pipe.
    bool wanted() const;
    void show(std::int64_t finished, std::int64_t vms);
    void next_turn() { ++turn_; }
    void clear();

  private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::int64_t turns_;
    std::int64_t turn_ = 1;
    bool shown_ = false;
};

}  // namespace dunlin::repl
