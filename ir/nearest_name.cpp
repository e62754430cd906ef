// "did you mean": the nearest name in spelling.
#include <algorithm>

#include "ir/diagnostic.hpp"

namespace dunlin::ir {

namespace {

constexpr std::size_t kLongestName =
    64;  // longer names are not compared: the cost is the product of the lengths

std::string lower_case(std::string_view name) {
    std::string lower(name);
    for (char& letter : lower)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return lower;
}

// How many letters must be added, dropped, changed or swapped with a neighbour to make one name of
// the other (Damerau and Levenshtein; no letter is touched twice).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t change = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

// Names of one or two letters have too many neighbours: there only a change of case counts.
std::size_t farthest(std::string_view wanted) {
    return wanted.size() <= 2 ? 0 : (wanted.size() + 2) / 4;
}

}  // namespace

std::string nearest_name(std::string_view wanted, const std::vector<std::string>& candidates) {
    if (wanted.empty() || wanted.size() > kLongestName) return {};
    std::string lower = lower_case(wanted);
    std::size_t limit = farthest(wanted);
    std::string nearest;
    std::size_t best = limit + 1;
    for (const std::string& candidate : candidates) {
        if (candidate == wanted || candidate.size() > wanted.size() + limit) continue;
        if (candidate.size() + limit < wanted.size()) continue;
        std::size_t steps = distance(lower, lower_case(candidate));
        if (steps >= best) continue;
        best = steps;
        nearest = candidate;
    }
    return nearest;
}

}  // namespace dunlin::ir
