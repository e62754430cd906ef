// Operations without a result: a printed line, and the condition that a VM must meet to go on.
#include "ir/interpret_action.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

class Print final : public Action {
  public:
    explicit Print(const Site& site) : program_(site.program), instruction_(site.instruction) {}

    Fault run(const Frame& frame) override {
        if (frame.print == nullptr || !*frame.print) return Fault::None;
        std::vector<PrintItem> items;
        std::vector<std::vector<std::byte>>
            values;  // copies, since a printed NaN is the canonical one
        std::size_t next_operand = 0;
        for (std::int64_t item : instruction_.attributes) {
            if (item >= 0) {
                items.push_back({&program_.texts[item], {}, nullptr});
                continue;
            }
            const SlotId slot = instruction_.operands[next_operand++];
            const Type& type = program_.type_of(slot);
            const std::byte* place = frame.places[slot];
            values.emplace_back(place, place + byte_count(type));
            make_canonical(type, values.back().data());
            items.push_back({nullptr, type, values.back().data()});
        }
        (*frame.print)(instruction_.statement, items);
        return Fault::None;
    }

  private:
    const Program& program_;
    const Instruction& instruction_;
};

class Require final : public Action {
  public:
    explicit Require(const Site& site)
        : operand_(site.operand_slot(0)), fault_(static_cast<Fault>(site.attribute(0))) {}

    Fault run(const Frame& frame) override {
        return load<bool>(frame.places[operand_]) ? Fault::None : fault_;
    }

  private:
    SlotId operand_;
    Fault fault_;
};

}  // namespace

std::unique_ptr<Action> make_print(const Site& site) {
    return std::make_unique<Print>(site);
}
std::unique_ptr<Action> make_require(const Site& site) {
    return std::make_unique<Require>(site);
}

}  // namespace dunlin::ir
