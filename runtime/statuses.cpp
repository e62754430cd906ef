#include "runtime/statuses.hpp"

#include <algorithm>
#include <cstdlib>

namespace dunlin::runtime {

bool same(const ir::VmStatus& a, const ir::VmStatus& b) {
    return a.outcome == b.outcome && a.fault == b.fault && a.statement == b.statement &&
           a.text == b.text;
}

namespace {

// Two words may say the same, when both the interpreter and a kernel have run VMs.
std::size_t place_among(std::vector<FaultCount>& counts, const ir::VmStatus& status,
                        std::int64_t vm) {
    for (std::size_t k = 0; k < counts.size(); ++k)
        if (same(counts[k].status, status)) return k;
    counts.push_back({status, 0, vm});
    return counts.size() - 1;
}

}  // namespace

void Statuses::Freer::operator()(unsigned* words) const {
    std::free(words);
}

bool Statuses::reset(std::int64_t vms) {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(1, vms));
    if (vms <= room_) {
        std::fill_n(words_.get(), vms, 0u);
    } else {
        // Zeroed by the system when first touched.
        words_.reset(static_cast<unsigned*>(std::calloc(count, sizeof(unsigned))));
        room_ = words_ == nullptr ? 0 : vms;
    }
    vms_ = room_ == 0 ? 0 : vms;
    return words_ != nullptr;
}

void Statuses::set(std::int64_t vm, const ir::VmStatus& status) {
    unsigned& word = words_.get()[vm];
    if (status.outcome == ir::Outcome::Finished) {
        word = kernel::kFinished;
        return;
    }
    const Key key{status.outcome, status.fault, status.statement, status.text};
    const auto [place, added] = row_of_.try_emplace(key, static_cast<unsigned>(rows_.size()));
    if (added) rows_.push_back(status);
    word = kOfHost | place->second;
    if (status.outcome == ir::Outcome::Faulted) word |= kernel::kFaulted;
}

ir::VmStatus Statuses::of(std::int64_t vm) const {
    return of_word(words_.get()[vm]);
}

ir::VmStatus Statuses::of_word(unsigned word) const {
    const unsigned number = word & ~static_cast<unsigned>(kernel::kFaulted);
    if ((number & kOfHost) != 0) return rows_[number & ~kOfHost];
    if (number < kernel::kFirstSite) return {};
    return (*sites_)[number - kernel::kFirstSite].status;
}

std::int64_t Statuses::faulted() const {
    return std::count_if(words_.get(), words_.get() + vms_,
                         [](unsigned word) { return (word & kernel::kFaulted) != 0; });
}

std::vector<FaultCount> Statuses::faults() const {
    constexpr std::size_t kNone = SIZE_MAX;
    std::vector<std::size_t> place_of_site(sites_ == nullptr ? 0 : sites_->size(), kNone);
    std::vector<std::size_t> place_of_row(rows_.size(), kNone);
    std::vector<FaultCount> counts;
    for (std::int64_t vm = 0; vm < vms_; ++vm) {
        const unsigned word = words_.get()[vm];
        if ((word & kernel::kFaulted) == 0) continue;
        const unsigned number = word & ~static_cast<unsigned>(kernel::kFaulted);
        std::size_t& place = (number & kOfHost) != 0 ? place_of_row[number & ~kOfHost]
                                                     : place_of_site[number - kernel::kFirstSite];
        if (place == kNone) place = place_among(counts, of_word(word), vm);
        ++counts[place].vms;
    }
    return counts;
}

}  // namespace dunlin::runtime
