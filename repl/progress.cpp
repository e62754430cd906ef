#include "repl/progress.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace dunlin::repl {

namespace {

// Runs shorter than this say nothing.
constexpr double kPatience = 0.5;
// A bar has so many places, or fewer where the terminal is narrow, or none.
constexpr int kMostPlaces = 30;
constexpr int kLeastPlaces = 5;

int columns_of_terminal() {
    constexpr int kUsual = 80;
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

std::string bar(double share, int places) {
    if (places < kLeastPlaces) return "";
    const auto full =
        static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(places));
    return "[" + std::string(full, '#') +
           std::string(static_cast<std::size_t>(places) - full, '.') + "] ";
}

// "12 s", "3:05 min", "1:02:03 h"
std::string duration_text(double seconds) {
    const long whole = std::lround(seconds);
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
    return fmt::format("{}:{:02}:{:02} h", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

bool ProgressBar::wanted() const {
    return isatty(STDERR_FILENO) == 1;
}

void ProgressBar::show(std::int64_t finished, std::int64_t all) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    if (seconds < kPatience) return;
    const double share = static_cast<double>(finished) / static_cast<double>(all);
    std::string text =
        fmt::format("{:.0f} %, {} of {} VMs", 100 * share, finished / turns_, all / turns_);
    if (turns_ > 1)
        text = fmt::format("{:.0f} % of {} turns of {} VMs", 100 * share, turns_, all / turns_);
    text += ", " + duration_text(seconds);
    if (finished > 0 && finished < all)
        text += fmt::format(", {} to go", duration_text(std::max(1.0, seconds / share - seconds)));
    const int room = columns_of_terminal() - 4 - static_cast<int>(text.size());
    std::fflush(stdout);
    std::fprintf(stderr, "\r\x1b[K%s%s", bar(share, std::min(room, kMostPlaces)).c_str(),
                 text.c_str());
    std::fflush(stderr);
    shown_ = true;
}

void ProgressBar::clear() {
    if (!shown_) return;
    std::fputs("\r\x1b[K", stderr);
    shown_ = false;
}

}  // namespace dunlin::repl
