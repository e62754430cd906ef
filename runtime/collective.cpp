#include "runtime/collective.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>

#include "ir/interpret_combine.hpp"
#include "ir/interpret_memory.hpp"
#include "ir/reduction_order.hpp"
#include "jit/kernel.hpp"

namespace dunlin::runtime {

namespace {

using ir::DType;
using ir::kReduceBlock;
using ir::kReduceLanes;

// A meeting, with what all collectives ask of it.
class Table {
  public:
    explicit Table(const Meeting& meeting)
        : meeting_(meeting),
          type_(meeting.program.type_of(meeting.instruction.operands[0])),
          blocks_((meeting.vms + kReduceBlock - 1) / kReduceBlock) {}

    std::int64_t vms() const { return meeting_.vms; }
    std::int64_t blocks() const { return blocks_; }
    std::int64_t block_end(std::int64_t block) const {
        return std::min(meeting_.vms, (block + 1) * kReduceBlock);
    }
    bool live(std::int64_t vm) const { return meeting_.statuses[vm] == kernel::kRunning; }
    bool all_live(std::int64_t begin, std::int64_t end) const {
        return std::all_of(meeting_.statuses + begin, meeting_.statuses + end,
                           [](unsigned status) { return status == kernel::kRunning; });
    }

    const ir::Type& operand_type(std::size_t k) const {
        return meeting_.program.type_of(meeting_.instruction.operands[k]);
    }
    const ir::Type& result_type() const {
        return meeting_.program.type_of(meeting_.instruction.result);
    }
    std::int64_t count() const { return ir::element_count(type_.shape); }
    DType dtype() const { return type_.dtype; }
    ir::Binding operand(std::size_t k) const {
        return meeting_.places[meeting_.instruction.operands[k]];
    }
    ir::Binding result() const { return meeting_.places[meeting_.instruction.result]; }
    bool overwrites(std::size_t k) const {
        return meeting_.instruction.operands[k] == meeting_.instruction.result;
    }

    void share_out(std::int64_t count, const std::function<void(std::int64_t)>& body) const {
        meeting_.parallel(count, body);
    }
    void for_blocks(const std::function<void(std::int64_t)>& body) const {
        share_out(blocks_, body);
    }

    // Gives all that take part the same value.
    void give(const std::byte* value) const {
        const ir::Binding to = result();
        const std::int64_t bytes = ir::byte_count(result_type());
        for_blocks([&](std::int64_t block) {
            for (std::int64_t vm = block * kReduceBlock; vm < block_end(block); ++vm)
                if (live(vm)) ir::copy_bytes(to.data + vm * to.stride, value, bytes);
        });
    }

  private:
    const Meeting& meeting_;
    const ir::Type& type_;
    std::int64_t blocks_;
};

// --- Reductions ---

// One block, in the order of reduction_order.hpp: lane k of `lanes` joins the VMs k, k + 16, ...
// and then the upper half is folded onto the lower one. `lanes` has a value of every element for
// each of the 16.
template <typename Combine, typename T>
void reduce_vms(const Table& table, std::int64_t block, T* lanes, T* result) {
    const Combine combine{};
    const ir::Binding from = table.operand(0);
    const std::int64_t begin = block * kReduceBlock;
    const std::int64_t length = table.block_end(block) - begin;
    const std::int64_t count = table.count();
    const bool all_live = table.all_live(begin, begin + length);
    for (std::int64_t k = 0; k < length; ++k) {
        const std::byte* value = from.data + (begin + k) * from.stride;
        T* lane = lanes + k % kReduceLanes * count;
        const bool lives = all_live || table.live(begin + k);
        for (std::int64_t e = 0; e < count; ++e) {
            const T element = lives ? ir::load<T>(value, e) : Combine::template absent<T>();
            lane[e] = k < kReduceLanes ? element : combine(lane[e], element);
        }
    }
    const std::int64_t used = std::min(length, kReduceLanes);
    for (std::int64_t half = kReduceLanes / 2; half > 0; half /= 2)
        for (std::int64_t k = 0; k < half && k + half < used; ++k)
            for (std::int64_t e = 0; e < count; ++e)
                lanes[k * count + e] = combine(lanes[k * count + e], lanes[(k + half) * count + e]);
    std::copy_n(lanes, count, result);
}

// The same for one number a VM, all of which take part and lie side by side.
template <typename Combine, typename T>
T reduce_numbers(const std::byte* values, std::int64_t length) {
    const Combine combine{};
    std::int64_t next = 0;
    if constexpr (!std::is_same_v<T, bool>) {
        if (length == kReduceBlock) {
            T lanes[kReduceLanes];
            std::memcpy(lanes, values, sizeof lanes);
            for (next = kReduceLanes; next < length; next += kReduceLanes) {
                T row[kReduceLanes];
                std::memcpy(row, values + next * static_cast<std::int64_t>(sizeof(T)), sizeof row);
                for (std::int64_t k = 0; k < kReduceLanes; ++k)
                    lanes[k] = combine(lanes[k], row[k]);
            }
            for (std::int64_t half = kReduceLanes / 2; half > 0; half /= 2)
                for (std::int64_t k = 0; k < half; ++k)
                    lanes[k] = combine(lanes[k], lanes[k + half]);
            return lanes[0];
        }
    }
    return ir::reduce_block<T>(length, combine, [&] { return ir::load<T>(values, next++); });
}

template <typename Combine, typename T>
void reduce(const Table& table) {
    const std::int64_t count = table.count();
    const std::int64_t blocks = table.blocks();
    // Not a vector: one of bool has no elements that threads could write side by side.
    const auto of_blocks = std::make_unique<T[]>(static_cast<std::size_t>(blocks * count));
    const ir::Binding from = table.operand(0);
    table.for_blocks([&](std::int64_t block) {
        T* result = of_blocks.get() + block * count;
        const std::int64_t begin = block * kReduceBlock;
        const std::int64_t end = table.block_end(block);
        if (count == 1 && from.stride == sizeof(T) && table.all_live(begin, end)) {
            *result = reduce_numbers<Combine, T>(from.data + begin * from.stride, end - begin);
            return;
        }
        const auto lanes = std::make_unique<T[]>(static_cast<std::size_t>(kReduceLanes * count));
        reduce_vms<Combine, T>(table, block, lanes.get(), result);
    });
    const auto result = std::make_unique<T[]>(static_cast<std::size_t>(count));
    for (std::int64_t e = 0; e < count; ++e) {
        std::int64_t next = 0;
        result[static_cast<std::size_t>(e)] = ir::reduce_in_order<T>(blocks, Combine{}, [&] {
            return of_blocks[static_cast<std::size_t>(next++ * count + e)];
        });
    }
    table.give(reinterpret_cast<const std::byte*>(result.get()));
}

template <typename Combine>
void reduce_any(const Table& table) {
    ir::with_accepted_type<Combine>(table.dtype(),
                                    [&](auto sample) { reduce<Combine, decltype(sample)>(table); });
}

// --- Searches ---

template <typename T>
struct Found {
    std::int64_t vm = -1;
    T value{};
};

// Preferring is a strict order but for equals, of which the first wins; so blocks may be searched
// each by itself, and then their results in order.
template <typename Preference, typename T>
void search(const Table& table) {
    const std::int64_t count = table.count();
    const ir::Binding from = table.operand(0);
    std::vector<Found<T>> found(static_cast<std::size_t>(table.blocks() * count));
    auto consider = [](Found<T>& best, const Found<T>& candidate) {
        if (candidate.vm < 0) return;
        if (best.vm < 0 || Preference::prefers(candidate.value, best.value)) best = candidate;
    };
    table.for_blocks([&](std::int64_t block) {
        Found<T>* best = found.data() + block * count;
        for (std::int64_t vm = block * kReduceBlock; vm < table.block_end(block); ++vm) {
            if (!table.live(vm)) continue;
            for (std::int64_t e = 0; e < count; ++e)
                consider(best[e], {vm, ir::load<T>(from.data + vm * from.stride, e)});
        }
    });
    std::vector<std::byte> result(static_cast<std::size_t>(ir::byte_count(table.result_type())));
    for (std::int64_t e = 0; e < count; ++e) {
        Found<T> best;
        for (std::int64_t block = 0; block < table.blocks(); ++block)
            consider(best, found[static_cast<std::size_t>(block * count + e)]);
        ir::store_integer(table.result_type().dtype, result.data(), e, best.vm);
    }
    table.give(result.data());
}

template <typename Preference>
void search_any(const Table& table) {
    ir::with_cpp_type(table.dtype(),
                      [&](auto sample) { search<Preference, decltype(sample)>(table); });
}

// --- Scans ---

// The sum within each block first; what the blocks before it came to is joined to it from the left.
template <typename T>
void scan(const Table& table) {
    const ir::Add add{};
    const std::int64_t count = table.count();
    const std::int64_t blocks = table.blocks();
    const ir::Binding from = table.operand(0);
    const ir::Binding to = table.result();
    auto element = [&](std::int64_t vm, std::int64_t e) {
        return table.live(vm) ? ir::load<T>(from.data + vm * from.stride, e) : ir::Add::absent<T>();
    };
    std::vector<T> carries(static_cast<std::size_t>(blocks * count));
    table.for_blocks([&](std::int64_t block) {
        T* sums = carries.data() + block * count;
        const std::int64_t begin = block * kReduceBlock;
        for (std::int64_t vm = begin; vm < table.block_end(block); ++vm)
            for (std::int64_t e = 0; e < count; ++e)
                sums[e] = vm == begin ? element(vm, e) : add(sums[e], element(vm, e));
    });
    for (std::int64_t k = count; k < blocks * count; ++k)
        carries[static_cast<std::size_t>(k)] =
            add(carries[static_cast<std::size_t>(k - count)], carries[static_cast<std::size_t>(k)]);
    table.for_blocks([&](std::int64_t block) {
        const T* carry = block == 0 ? nullptr : carries.data() + (block - 1) * count;
        std::vector<T> sums(static_cast<std::size_t>(count));
        const std::int64_t begin = block * kReduceBlock;
        for (std::int64_t vm = begin; vm < table.block_end(block); ++vm) {
            for (std::int64_t e = 0; e < count; ++e) {
                T& sum = sums[static_cast<std::size_t>(e)];
                sum = vm == begin ? element(vm, e) : add(sum, element(vm, e));
                if (!table.live(vm)) continue;
                ir::store<T>(to.data + vm * to.stride, e,
                             carry == nullptr ? sum : add(carry[e], sum));
            }
        }
    });
}

// --- Values handed from VM to VM ---

// The first operand of all VMs: where it lies, or a copy where the result takes its place.
class Values {
  public:
    Values(const Table& table, std::size_t operand)
        : bytes_(ir::byte_count(table.operand_type(operand))), place_(table.operand(operand)) {
        if (!table.overwrites(operand)) return;
        copy_.resize(static_cast<std::size_t>(bytes_ * table.vms()));
        table.for_blocks([&](std::int64_t block) {
            for (std::int64_t vm = block * kReduceBlock; vm < table.block_end(block); ++vm)
                ir::copy_bytes(copy_.data() + vm * bytes_, of(vm), bytes_);
        });
        place_ = {copy_.data(), bytes_};
    }

    std::int64_t bytes() const { return bytes_; }
    const std::byte* of(std::int64_t vm) const { return place_.data + vm * place_.stride; }

  private:
    std::int64_t bytes_;
    ir::Binding place_;
    std::vector<std::byte> copy_;
};

std::int64_t source_of_shift(DType dtype, const std::byte* number, std::int64_t vm,
                             std::int64_t vms) {
    std::int64_t places = 0;  // in 0 .. vms - 1
    if (dtype == DType::U64) {
        places = static_cast<std::int64_t>(ir::load<std::uint64_t>(number) %
                                           static_cast<std::uint64_t>(vms));
    } else {
        places = ir::load_integer(dtype, number) % vms;
        if (places < 0) places += vms;
    }
    return vm >= places ? vm - places : vm - places + vms;
}

std::int64_t source_of_get(DType dtype, const std::byte* number, std::int64_t vms) {
    const std::int64_t from = ir::load_integer(dtype, number);
    return from < 0 ? from + vms : from;
}

std::vector<std::int64_t> pick(const Table& table, bool shift) {
    const Values values(table, 0);
    // The number is read before the result is written, which may take its place.
    const DType dtype = table.operand_type(1).dtype;
    const ir::Binding numbers = table.operand(1);
    const ir::Binding to = table.result();
    std::vector<std::vector<std::int64_t>> bad(static_cast<std::size_t>(table.blocks()));
    table.for_blocks([&](std::int64_t block) {
        for (std::int64_t vm = block * kReduceBlock; vm < table.block_end(block); ++vm) {
            if (!table.live(vm)) continue;
            const std::byte* number = numbers.data + vm * numbers.stride;
            const std::int64_t from = shift ? source_of_shift(dtype, number, vm, table.vms())
                                            : source_of_get(dtype, number, table.vms());
            std::byte* result = to.data + vm * to.stride;
            if (from < 0 || from >= table.vms())
                bad[static_cast<std::size_t>(block)].push_back(vm);
            else if (table.live(from))
                ir::copy_bytes(result, values.of(from), values.bytes());
            else
                std::fill_n(result, values.bytes(), std::byte{0});
        }
    });
    std::vector<std::int64_t> faulted;
    for (const auto& of_block : bad)
        faulted.insert(faulted.end(), of_block.begin(), of_block.end());
    return faulted;
}

// Sorts in rounds, each of which is shared out: runs first, then two neighbours become one. No two
// elements are equal, since they come from different places; so the result is the only one there
// is.
template <typename T>
void sort_by_runs(const Table& table, std::vector<ir::Ranked<T>>& elements) {
    constexpr std::int64_t kRun = std::int64_t{1} << 15;
    const auto count = static_cast<std::int64_t>(elements.size());
    auto before = [](const ir::Ranked<T>& a, const ir::Ranked<T>& b) {
        return ir::ranks_before(a, b, false);
    };
    auto at = [count](auto& from, std::int64_t k) { return from.begin() + std::min(k, count); };
    table.share_out((count + kRun - 1) / kRun, [&](std::int64_t k) {
        std::sort(at(elements, k * kRun), at(elements, (k + 1) * kRun), before);
    });
    std::vector<ir::Ranked<T>> merged(count > kRun ? elements.size() : 0);
    for (std::int64_t run = kRun; run < count; run *= 2) {
        table.share_out((count + 2 * run - 1) / (2 * run), [&](std::int64_t k) {
            const std::int64_t begin = 2 * run * k;
            std::merge(at(elements, begin), at(elements, begin + run), at(elements, begin + run),
                       at(elements, begin + 2 * run), at(merged, begin), before);
        });
        elements.swap(merged);
    }
}

template <typename T>
void sort(const Table& table) {
    const Values values(table, 1);
    const ir::Binding keys = table.operand(0);
    std::vector<std::int64_t> takers;
    std::vector<ir::Ranked<T>> sorted;
    for (std::int64_t vm = 0; vm < table.vms(); ++vm) {
        if (!table.live(vm)) continue;
        takers.push_back(vm);
        sorted.push_back({ir::load<T>(keys.data + vm * keys.stride), vm});
    }
    sort_by_runs(table, sorted);
    const ir::Binding to = table.result();
    const auto count = static_cast<std::int64_t>(takers.size());
    table.share_out((count + kReduceBlock - 1) / kReduceBlock, [&](std::int64_t block) {
        const std::int64_t end = std::min(count, (block + 1) * kReduceBlock);
        for (std::int64_t rank = block * kReduceBlock; rank < end; ++rank)
            ir::copy_bytes(to.data + takers[static_cast<std::size_t>(rank)] * to.stride,
                           values.of(sorted[static_cast<std::size_t>(rank)].place), values.bytes());
    });
}

}  // namespace

std::vector<std::int64_t> hold(const Meeting& meeting) {
    const Table table(meeting);
    switch (meeting.instruction.op) {
        case ir::Op::BatchSum: reduce_any<ir::Add>(table); break;
        case ir::Op::BatchMin: reduce_any<ir::Least>(table); break;
        case ir::Op::BatchMax: reduce_any<ir::Greatest>(table); break;
        case ir::Op::BatchAny: reduce_any<ir::AnyOf>(table); break;
        case ir::Op::BatchAll: reduce_any<ir::AllOf>(table); break;
        case ir::Op::BatchArgMin: search_any<ir::PreferLesser>(table); break;
        case ir::Op::BatchArgMax: search_any<ir::PreferGreater>(table); break;
        case ir::Op::BatchScan:
            ir::with_accepted_type<ir::Add>(table.dtype(),
                                            [&](auto sample) { scan<decltype(sample)>(table); });
            break;
        case ir::Op::BatchGet: return pick(table, false);
        case ir::Op::BatchShift: return pick(table, true);
        case ir::Op::BatchSort:
            ir::with_cpp_type(table.dtype(), [&](auto sample) { sort<decltype(sample)>(table); });
            break;
        default: assert(false && "not a collective");
    }
    return {};
}

std::int64_t meeting_bytes(const ir::Program& program, const ir::Instruction& instruction,
                           std::int64_t vms) {
    constexpr std::int64_t kSorted = 2 * 16 + 8;  // a key with its VM, twice, and who takes what
    auto copied = [&](std::size_t operand) {
        return instruction.operands[operand] == instruction.result
                   ? vms * ir::byte_count(program.type_of(instruction.result))
                   : 0;
    };
    switch (instruction.op) {
        case ir::Op::BatchGet:
        case ir::Op::BatchShift: return copied(0);
        case ir::Op::BatchSort: return copied(1) + kSorted * vms;
        default:
            // A value or two for each block.
            return (vms / kReduceBlock + 1) * 2 *
                   ir::byte_count(program.type_of(instruction.operands[0]));
    }
}

}  // namespace dunlin::runtime
