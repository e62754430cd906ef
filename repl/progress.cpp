#include "repl/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace dunlin::repl {

namespace {

// Runs shorter than this say nothing.
constexpr double kPatience = 0.5;

}  // namespace

bool ProgressLine::wanted() const {
    return isatty(STDERR_FILENO) == 1;
}

void ProgressLine::show(std::int64_t finished, std::int64_t all) {
    double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    if (seconds < kPatience) return;
    std::string text = "\r\x1b[K";
    if (turns_ > 1)
        text += fmt::format("{} turns of {} VMs", turns_, all / turns_);
    else
        text += fmt::format("{} of {} VMs", finished, all);
    text += fmt::format(" ({:.0f} %), {:.0f} s",
                        100.0 * static_cast<double>(finished) / static_cast<double>(all), seconds);
    std::fflush(stdout);
    std::fputs(text.c_str(), stderr);
    shown_ = true;
}

void ProgressLine::clear() {
    if (!shown_) return;
    std::fputs("\r\x1b[K", stderr);
    shown_ = false;
}

}  // namespace dunlin::repl
