// Collectives: what the VMs of a batch hand each other. All operands are read before any result is
// written.
#include <algorithm>

#include "ir/interpret_action.hpp"
#include "ir/interpret_combine.hpp"
#include "ir/interpret_memory.hpp"
#include "ir/reduction_order.hpp"

namespace dunlin::ir {

namespace {

// The values that the live VMs had in one slot when the collective began.
class Snapshot {
  public:
    Snapshot(SlotId slot, const Type& type)
        : slot_(slot), count_(element_count(type.shape)), bytes_(byte_count(type)) {}

    void take(const Batch& batch) {
        data_.resize(static_cast<std::size_t>(bytes_ * batch.vm_count));
        for (std::int64_t vm = 0; vm < batch.vm_count; ++vm)
            if (batch.live[vm])
                copy_bytes(data_.data() + vm * bytes_, batch.place(slot_, vm), bytes_);
    }

    std::int64_t count() const { return count_; }  // elements of one VM's value
    std::int64_t bytes() const { return bytes_; }
    const std::byte* of(std::int64_t vm) const { return data_.data() + vm * bytes_; }

  private:
    SlotId slot_;
    std::int64_t count_;
    std::int64_t bytes_;
    std::vector<std::byte> data_;
};

// Element k of VM `vm`, or what stands for it when the VM takes no part.
template <typename Combine, typename T>
T element_or_absent(const Batch& batch, const Snapshot& snapshot, std::int64_t vm, std::int64_t k) {
    return batch.live[vm] ? load<T>(snapshot.of(vm), k) : Combine::template absent<T>();
}

// Every element over the VMs in the order of reduction_order.hpp, which depends on the number of
// VMs alone.
template <typename Combine, typename T>
void reduce_over_vms(const Batch& batch, const Snapshot& snapshot, DType, std::byte* result) {
    for (std::int64_t k = 0; k < snapshot.count(); ++k) {
        std::int64_t vm = 0;
        store<T>(result, k, reduce_in_order<T>(batch.vm_count, Combine{}, [&] {
                     return element_or_absent<Combine, T>(batch, snapshot, vm++, k);
                 }));
    }
}

template <typename Preference, typename T>
void find_over_vms(const Batch& batch, const Snapshot& snapshot, DType result_dtype,
                   std::byte* result) {
    for (std::int64_t k = 0; k < snapshot.count(); ++k) {
        std::int64_t found = -1;
        T best{};
        for (std::int64_t vm = 0; vm < batch.vm_count; ++vm) {
            if (!batch.live[vm]) continue;
            const T candidate = load<T>(snapshot.of(vm), k);
            if (found < 0 || Preference::prefers(candidate, best)) {
                best = candidate;
                found = vm;
            }
        }
        store_integer(result_dtype, result, k, found);
    }
}

using BatchLoop = void (*)(const Batch&, const Snapshot&, DType, std::byte*);

// A collective whose result is the same for all VMs.
class CommonResult final : public Collective {
  public:
    CommonResult(const Site& site, BatchLoop loop)
        : snapshot_(site.operand_slot(0), site.operand(0)),
          slot_(site.result_slot()),
          dtype_(site.result().dtype),
          loop_(loop),
          result_(static_cast<std::size_t>(byte_count(site.result()))) {}

    void run(Batch& batch) override {
        snapshot_.take(batch);
        loop_(batch, snapshot_, dtype_, result_.data());
        for (std::int64_t vm = 0; vm < batch.vm_count; ++vm)
            if (batch.live[vm])
                copy_bytes(batch.place(slot_, vm), result_.data(),
                           static_cast<std::int64_t>(result_.size()));
    }

  private:
    Snapshot snapshot_;
    SlotId slot_;
    DType dtype_;
    BatchLoop loop_;
    std::vector<std::byte> result_;
};

template <typename T>
void scan_over_vms(const Batch& batch, const Snapshot& snapshot, SlotId result) {
    for (std::int64_t k = 0; k < snapshot.count(); ++k) {
        std::int64_t next = 0;
        scan_in_order<T>(
            batch.vm_count, Add{},
            [&] { return element_or_absent<Add, T>(batch, snapshot, next++, k); },
            [&](std::int64_t vm, T value) {
                if (batch.live[vm]) store<T>(batch.place(result, vm), k, value);
            });
    }
}

using ScanLoop = void (*)(const Batch&, const Snapshot&, SlotId);

class BatchScan final : public Collective {
  public:
    BatchScan(const Site& site, ScanLoop loop)
        : snapshot_(site.operand_slot(0), site.operand(0)),
          result_(site.result_slot()),
          loop_(loop) {}

    void run(Batch& batch) override {
        snapshot_.take(batch);
        loop_(batch, snapshot_, result_);
    }

  private:
    Snapshot snapshot_;
    SlotId result_;
    ScanLoop loop_;
};

// A collective that gives each VM another VM's value: `source` says whose.
class Pick : public Collective {
  public:
    explicit Pick(const Site& site)
        : snapshot_(site.operand_slot(0), site.operand(0)),
          number_(site.operand_slot(1)),
          number_dtype_(site.operand(1).dtype),
          result_(site.result_slot()) {}

    void run(Batch& batch) override {
        snapshot_.take(batch);
        for (std::int64_t vm = 0; vm < batch.vm_count; ++vm) {
            if (!batch.live[vm]) continue;
            const std::int64_t from = source(batch, vm, batch.place(number_, vm));
            if (from < 0 || from >= batch.vm_count) {
                batch.faults[vm] = Fault::IndexOutOfRange;
            } else if (batch.live[from]) {
                copy_bytes(batch.place(result_, vm), snapshot_.of(from), snapshot_.bytes());
            } else {
                std::fill_n(batch.place(result_, vm), snapshot_.bytes(), std::byte{0});
            }
        }
    }

  protected:
    DType number_dtype() const { return number_dtype_; }

  private:
    virtual std::int64_t source(const Batch& batch, std::int64_t vm,
                                const std::byte* number) const = 0;

    Snapshot snapshot_;
    SlotId number_;
    DType number_dtype_;
    SlotId result_;
};

class BatchGet final : public Pick {
  public:
    using Pick::Pick;

  private:
    std::int64_t source(const Batch& batch, std::int64_t, const std::byte* number) const override {
        const std::int64_t from = load_integer(number_dtype(), number);
        return from < 0 ? from + batch.vm_count : from;
    }
};

class BatchShift final : public Pick {
  public:
    using Pick::Pick;

  private:
    std::int64_t source(const Batch& batch, std::int64_t vm,
                        const std::byte* number) const override {
        const std::int64_t count = batch.vm_count;
        std::int64_t places = 0;  // in 0 .. count - 1
        if (number_dtype() == DType::U64) {
            places = static_cast<std::int64_t>(load<std::uint64_t>(number) %
                                               static_cast<std::uint64_t>(count));
        } else {
            places = load_integer(number_dtype(), number) % count;
            if (places < 0) places += count;
        }
        return vm >= places ? vm - places : vm - places + count;
    }
};

template <typename T>
class BatchSort final : public Collective {
  public:
    explicit BatchSort(const Site& site)
        : key_(site.operand_slot(0)),
          snapshot_(site.operand_slot(1), site.operand(1)),
          result_(site.result_slot()) {}

    void run(Batch& batch) override {
        snapshot_.take(batch);
        takers_.clear();
        sorted_.clear();
        for (std::int64_t vm = 0; vm < batch.vm_count; ++vm) {
            if (!batch.live[vm]) continue;
            takers_.push_back(vm);
            sorted_.push_back({load<T>(batch.place(key_, vm)), vm});
        }
        std::sort(sorted_.begin(), sorted_.end(),
                  [](const Ranked<T>& a, const Ranked<T>& b) { return ranks_before(a, b, false); });
        for (std::size_t rank = 0; rank < takers_.size(); ++rank)
            copy_bytes(batch.place(result_, takers_[rank]), snapshot_.of(sorted_[rank].place),
                       snapshot_.bytes());
    }

  private:
    SlotId key_;
    Snapshot snapshot_;
    SlotId result_;
    std::vector<std::int64_t> takers_;
    std::vector<Ranked<T>> sorted_;
};

template <typename Preference>
std::unique_ptr<Collective> make_batch_search(const Site& site) {
    BatchLoop loop = with_cpp_type(site.operand(0).dtype, [](auto sample) -> BatchLoop {
        return &find_over_vms<Preference, decltype(sample)>;
    });
    return std::make_unique<CommonResult>(site, loop);
}

}  // namespace

template <typename Combine>
std::unique_ptr<Collective> make_batch_reduction(const Site& site) {
    BatchLoop loop = with_accepted_type<Combine>(
        site.operand(0).dtype,
        [](auto sample) -> BatchLoop { return &reduce_over_vms<Combine, decltype(sample)>; });
    return std::make_unique<CommonResult>(site, loop);
}
template std::unique_ptr<Collective> make_batch_reduction<Add>(const Site&);
template std::unique_ptr<Collective> make_batch_reduction<Least>(const Site&);
template std::unique_ptr<Collective> make_batch_reduction<Greatest>(const Site&);
template std::unique_ptr<Collective> make_batch_reduction<AnyOf>(const Site&);
template std::unique_ptr<Collective> make_batch_reduction<AllOf>(const Site&);

std::unique_ptr<Collective> make_batch_arg_min(const Site& site) {
    return make_batch_search<PreferLesser>(site);
}

std::unique_ptr<Collective> make_batch_arg_max(const Site& site) {
    return make_batch_search<PreferGreater>(site);
}

std::unique_ptr<Collective> make_batch_scan(const Site& site) {
    ScanLoop loop = with_accepted_type<Add>(site.operand(0).dtype, [](auto sample) -> ScanLoop {
        return &scan_over_vms<decltype(sample)>;
    });
    return std::make_unique<BatchScan>(site, loop);
}

std::unique_ptr<Collective> make_batch_get(const Site& site) {
    return std::make_unique<BatchGet>(site);
}

std::unique_ptr<Collective> make_batch_shift(const Site& site) {
    return std::make_unique<BatchShift>(site);
}

std::unique_ptr<Collective> make_batch_sort(const Site& site) {
    return with_cpp_type(site.operand(0).dtype, [&](auto sample) -> std::unique_ptr<Collective> {
        return std::make_unique<BatchSort<decltype(sample)>>(site);
    });
}

}  // namespace dunlin::ir
