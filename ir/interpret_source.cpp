// Operations without operands, and random bits: what an instruction knows besides its operands.
#include "ir/interpret_action.hpp"
#include "ir/interpret_combine.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

class Iota final : public Action {
  public:
    explicit Iota(const Site& site)
        : result_(site.result_slot()),
          dtype_(site.result().dtype),
          count_(element_count(site.result().shape)),
          start_(site.attribute(0)),
          step_(site.attribute(1)) {}

    Fault run(const Frame& frame) override {
        // Counting in u64 and cutting off the upper bits is wrapping in the element type.
        auto value = static_cast<std::uint64_t>(start_);
        for (std::int64_t k = 0; k < count_; ++k) {
            store_integer(dtype_, frame.places[result_], k, static_cast<std::int64_t>(value));
            value += static_cast<std::uint64_t>(step_);
        }
        return Fault::None;
    }

  private:
    SlotId result_;
    DType dtype_;
    std::int64_t count_;
    std::int64_t start_;
    std::int64_t step_;
};

// A scalar that is a fact about the VM.
class FactOfVm final : public Action {
  public:
    using Fact = std::int64_t (*)(const Frame&);
    FactOfVm(const Site& site, Fact fact)
        : result_(site.result_slot()), dtype_(site.result().dtype), fact_(fact) {}

    Fault run(const Frame& frame) override {
        store_integer(dtype_, frame.places[result_], 0, fact_(frame));
        return Fault::None;
    }

  private:
    SlotId result_;
    DType dtype_;
    Fact fact_;
};

class FirstTurn final : public Action {
  public:
    explicit FirstTurn(const Site& site) : result_(site.result_slot()) {}
    Fault run(const Frame& frame) override {
        store<bool>(frame.places[result_], 0, frame.first_turn);
        return Fault::None;
    }

  private:
    SlotId result_;
};

class RandomBits final : public Action {
  public:
    explicit RandomBits(const Site& site)
        : operand_(site.operand_slot(0)),
          result_(site.result_slot()),
          wide_(site.result().dtype == DType::U64),
          count_(element_count(site.result().shape)) {}

    Fault run(const Frame& frame) override {
        auto draw = load<std::uint64_t>(frame.places[operand_]);
        const auto vm = static_cast<std::uint64_t>(frame.vm);
        std::byte* result = frame.places[result_];
        const std::int64_t per_block = wide_ ? 2 : 4;
        for (std::int64_t k = 0; k < count_; k += per_block, ++draw) {
            const lane::RandomBlock block = lane::random_block(frame.seed, vm, draw);
            for (std::int64_t i = 0; i < per_block && k + i < count_; ++i) {
                if (wide_) {
                    const auto low = block.word[2 * i];
                    store<std::uint64_t>(result, k + i,
                                         lane::join_words(low, block.word[2 * i + 1]));
                } else {
                    store<std::uint32_t>(result, k + i, block.word[i]);
                }
            }
        }
        return Fault::None;
    }

  private:
    SlotId operand_;
    SlotId result_;
    bool wide_;
    std::int64_t count_;
};

}  // namespace

std::unique_ptr<Action> make_iota(const Site& site) {
    return std::make_unique<Iota>(site);
}

std::unique_ptr<Action> make_vm_id(const Site& site) {
    return std::make_unique<FactOfVm>(site, [](const Frame& frame) { return frame.vm; });
}

std::unique_ptr<Action> make_vm_count(const Site& site) {
    return std::make_unique<FactOfVm>(site, [](const Frame& frame) { return frame.vm_count; });
}

std::unique_ptr<Action> make_first_turn(const Site& site) {
    return std::make_unique<FirstTurn>(site);
}

std::unique_ptr<Action> make_random_bits(const Site& site) {
    return std::make_unique<RandomBits>(site);
}

}  // namespace dunlin::ir
