#include "ir/layout.hpp"

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <tuple>

#include "ir/live_ranges.hpp"

namespace dunlin::ir {

namespace {

constexpr std::int64_t kWord = 4;

std::int64_t aligned(std::int64_t offset, std::int64_t alignment) {
    return (offset + alignment - 1) / alignment * alignment;
}

// Hands out pieces of a memory that grows at its end, the smallest free piece that fits first.
class Memory {
  public:
    std::int64_t size() const { return end_; }

    std::int64_t take(std::int64_t bytes, std::int64_t alignment) {
        if (bytes == 0) return 0;
        if (auto piece = best_piece(bytes, alignment); piece != by_size_.end()) {
            auto [size, begin] = *piece;
            return cut(begin, begin + size, bytes, alignment);
        }
        // At the end: with the free piece there, if there is one.
        std::int64_t begin = end_;
        if (!by_begin_.empty()) {
            auto [last_begin, last_size] = *by_begin_.rbegin();
            if (last_begin + last_size == end_) begin = last_begin;
        }
        std::int64_t end = std::max(end_, aligned(begin, alignment) + bytes);
        if (begin == end_)
            insert(begin, end);
        else
            grow(begin, end);
        end_ = end;
        return cut(begin, end, bytes, alignment);
    }

    void give_back(std::int64_t begin, std::int64_t bytes) {
        if (bytes == 0) return;
        std::int64_t end = begin + bytes;
        auto next = by_begin_.lower_bound(begin);
        if (next != by_begin_.end() && next->first == end) {
            end += next->second;
            next = erase(next);
        }
        if (next != by_begin_.begin()) {
            auto before = std::prev(next);
            if (before->first + before->second == begin) {
                begin = before->first;
                erase(before);
            }
        }
        insert(begin, end);
    }

  private:
    using BySize = std::set<std::pair<std::int64_t, std::int64_t>>;  // size, begin
    using ByBegin = std::map<std::int64_t, std::int64_t>;            // begin, size

    // Pieces may be large enough and yet lie badly; after a few of these the search goes on where
    // all fit.
    BySize::iterator best_piece(std::int64_t bytes, std::int64_t alignment) {
        constexpr int kTries = 8;
        auto piece = by_size_.lower_bound({bytes, 0});
        for (int i = 0; i < kTries && piece != by_size_.end(); ++i, ++piece) {
            auto [size, begin] = *piece;
            if (aligned(begin, alignment) + bytes <= begin + size) return piece;
        }
        return by_size_.lower_bound({bytes + alignment - 1, 0});
    }
    std::int64_t cut(std::int64_t begin, std::int64_t end, std::int64_t bytes,
                     std::int64_t alignment) {
        std::int64_t place = aligned(begin, alignment);
        erase(by_begin_.find(begin));
        insert(begin, place);
        insert(place + bytes, end);
        return place;
    }
    void grow(std::int64_t begin, std::int64_t end) {
        erase(by_begin_.find(begin));
        insert(begin, end);
    }
    void insert(std::int64_t begin, std::int64_t end) {
        if (begin == end) return;
        by_begin_.emplace(begin, end - begin);
        by_size_.emplace(end - begin, begin);
    }
    ByBegin::iterator erase(ByBegin::iterator piece) {
        by_size_.erase({piece->second, piece->first});
        return by_begin_.erase(piece);
    }

    BySize by_size_;
    ByBegin by_begin_;
    std::int64_t end_ = 0;
};

}  // namespace

std::int64_t pack(std::vector<PackedRange>& ranges) {
    std::vector<PackedRange*> order;
    for (PackedRange& range : ranges) order.push_back(&range);
    // By beginning; of those that begin together the larger first, so that the smaller fill what is
    // left.
    auto order_of = [](const PackedRange& range) {
        return std::tuple(range.first, -range.bytes, range.slot);
    };
    std::sort(order.begin(), order.end(), [&](const PackedRange* a, const PackedRange* b) {
        return order_of(*a) < order_of(*b);
    });
    auto ends_later = [](const PackedRange* a, const PackedRange* b) { return a->last > b->last; };
    std::priority_queue<PackedRange*, std::vector<PackedRange*>, decltype(ends_later)> alive(
        ends_later);
    Memory memory;
    for (PackedRange* range : order) {
        for (; !alive.empty() && alive.top()->last < range->first; alive.pop())
            memory.give_back(alive.top()->offset, alive.top()->bytes);
        range->offset = memory.take(range->bytes, range->alignment);
        alive.push(range);
    }
    return memory.size();
}

void lay_out(Program& program) {
    for (Slot& slot : program.slots) slot.offset = -1;
    std::vector<PackedRange> ranges;
    for (const LiveRange& range : live_ranges(program)) {
        const Type& type = program.type_of(range.slot);
        ranges.push_back(
            {range.slot, range.first, range.last, byte_count(type), size_of(type.dtype), 0});
    }
    program.vm_bytes = aligned(pack(ranges), kWord);
    for (const PackedRange& range : ranges) program.slots[range.slot].offset = range.offset;
}

}  // namespace dunlin::ir
