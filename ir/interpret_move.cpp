// Moves that bring elements to other places and look at none of them.
#include "ir/interpret_action.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

// Part of the operand, read with strides, goes to part of the result.
struct Move {
    SlotId operand;
    Shape shape;
    Strides from_strides;  // bytes
    Strides to_strides;
    std::int64_t to_first = 0;  // bytes
};

class Moves final : public Action {
  public:
    Moves(const Site& site, std::vector<Move> moves)
        : result_(site.result_slot()),
          element_(size_of(site.result().dtype)),
          moves_(std::move(moves)) {}

    Fault run(const Frame& frame) override {
        for (const Move& move : moves_)
            copy_strided(move.shape, element_, frame.places[result_] + move.to_first,
                         move.to_strides, frame.places[move.operand], move.from_strides);
        return Fault::None;
    }

  private:
    SlotId result_;
    int element_;
    std::vector<Move> moves_;
};

std::unique_ptr<Action> make_move(const Site& site, const Shape& shape, Strides from, Strides to) {
    const int element = size_of(site.result().dtype);
    Move move{site.operand_slot(0), shape, scaled(std::move(from), element),
              scaled(std::move(to), element), 0};
    return std::make_unique<Moves>(site, std::vector<Move>{std::move(move)});
}

}  // namespace

std::unique_ptr<Action> make_copy(const Site& site) {
    const Shape& from = site.operand(0).shape;
    const Shape& shape = site.result().shape;
    if (element_count(from) == element_count(shape)) return make_reshape(site);
    return make_move(site, shape, broadcast_strides(from, shape), row_major_strides(shape));
}

std::unique_ptr<Action> make_reshape(const Site& site) {
    const Shape line{element_count(site.result().shape)};
    return make_move(site, line, {1}, {1});
}

std::unique_ptr<Action> make_transpose(const Site& site) {
    const Strides operand = row_major_strides(site.operand(0).shape);
    Strides from;
    for (std::int64_t axis : site.instruction.attributes) from.push_back(operand[axis]);
    const Shape& shape = site.result().shape;
    return make_move(site, shape, from, row_major_strides(shape));
}

std::unique_ptr<Action> make_concat(const Site& site) {
    const int element = size_of(site.result().dtype);
    const std::size_t axis = site.attribute(0);
    const Strides to = scaled(row_major_strides(site.result().shape), element);
    std::vector<Move> moves;
    std::int64_t first = 0;
    for (std::size_t i = 0; i < site.arity(); ++i) {
        const Shape& shape = site.operand(i).shape;
        moves.push_back({site.operand_slot(i), shape, scaled(row_major_strides(shape), element), to,
                         first * to[axis]});
        first += shape[axis];
    }
    return std::make_unique<Moves>(site, std::move(moves));
}

}  // namespace dunlin::ir
