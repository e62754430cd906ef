#include "tests/random/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <sstream>

#include "tests/random/reduce.hpp"

namespace dunlin::random_programs {

namespace {

bool is_nan(DType dtype, const std::byte* element) {
    if (dtype == DType::F64) {
        double value = 0;
        std::memcpy(&value, element, sizeof value);
        return value != value;
    }
    float value = 0;
    if (dtype == DType::F32) std::memcpy(&value, element, sizeof value);
    return value != value;
}

std::string share(std::int64_t part, std::int64_t whole) {
    std::int64_t per_mille = whole == 0 ? 0 : 1000 * part / whole;
    return std::to_string(per_mille / 10) + "." + std::to_string(per_mille % 10) + " %";
}

}  // namespace

void Summary::note_values(const Observed& port) {
    auto size = static_cast<std::size_t>(size_of(port.type.dtype));
    for (std::size_t k = 0; k < port.bytes.size(); k += size) {
        bool zero = std::all_of(port.bytes.begin() + static_cast<std::ptrdiff_t>(k),
                                port.bytes.begin() + static_cast<std::ptrdiff_t>(k + size),
                                [](std::byte byte) { return byte == std::byte{0}; });
        zeros_ += zero;
        nans_ += is_nan(port.type.dtype, &port.bytes[k]);
        ++elements_;
    }
}

void Summary::note(const RandomProgram& source, const Program& program,
                   const Observation& reference) {
    ++accepted_;
    lines_ += count_lines(source);
    with_collectives_ += program.has_collectives();
    for (const auto& [feature, count] : count_features(source)) features_[feature] += count;
    for (const auto& [word, count] : count_words(source)) words_[word] += count;
    for (const VmStatus& status : reference.statuses) {
        ++vms_;
        halted_ += status.outcome == Outcome::Halted;
        if (status.outcome != Outcome::Faulted) continue;
        ++faulted_;
        ++faults_[status.fault];
    }
    std::int64_t before = elements_ - zeros_ - nans_;
    for (const Observed& port : reference.ports) note_values(port);
    dull_ += elements_ - zeros_ - nans_ == before;
}

int Summary::note_refused(const std::string& code) {
    ++refused_;
    return ++codes_[code];
}

void Summary::spent_on(const std::string& work) {
    auto now = std::chrono::steady_clock::now();
    seconds_[work] += std::chrono::duration<double>(now - last_).count();
    last_ = now;
}

std::string Summary::line() const {
    double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    std::ostringstream text;
    text << programs() << " programs in " << static_cast<int>(seconds) << " s, " << refused_
         << " refused, " << vms_ << " VMs, " << share(faulted_, vms_) << " faulted";
    return text.str();
}

std::string Summary::text() const {
    std::ostringstream text;
    text << line() << ", " << share(halted_, vms_) << " halted\n";
    text << "outputs: " << share(zeros_, elements_) << " zero, " << share(nans_, elements_)
         << " NaN; " << share(dull_, accepted_) << " of the programs have nothing else\n";
    text << share(with_collectives_, accepted_) << " of the programs have collectives; "
         << (accepted_ ? lines_ / accepted_ : 0) << " lines on average\n";
    text << "milliseconds a program:";
    for (const auto& [work, seconds] : seconds_)
        text << " " << work << " "
             << format(std::round(seconds / std::max(1, programs()) * 1e5) / 100);
    text << "\n";
    for (const auto& [code, count] : codes_)
        text << "refused with " << code << ": " << count << "\n";
    for (const auto& [fault, count] : faults_) text << "fault " << fault << ": " << count << "\n";
    std::vector<std::pair<int, std::string>> often;
    for (const auto& [feature, count] : features_) often.emplace_back(count, feature);
    std::sort(often.rbegin(), often.rend());
    text << "features:";
    for (const auto& [count, feature] : often) text << "  " << feature << " " << count;
    text << "\nnever called:";
    for (const DocEntry& entry : documentation())
        if (words_.find(entry.name) == words_.end()) text << " " << entry.name;
    text << "\n";
    return text.str();
}

}  // namespace dunlin::random_programs
