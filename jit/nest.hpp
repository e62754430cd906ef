// Routines in an order in which they can be printed: every loop in one piece, its turns going round
// a head, and everything else before what it leads to.
//
// This is a weak topological order. It exists for every graph, also one whose loops have several
// ways in: an edge that goes back in the order goes to the head of a loop around it.
#pragma once

#include <functional>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::jit {

// A routine, or a loop. The head of a loop is the first part of its body.
struct Part {
    ir::RoutineId routine = 0;  // of a loop, its head
    std::vector<Part> body;     // not empty for a loop

    bool is_loop() const { return !body.empty(); }
};

using Edges = std::vector<std::vector<ir::RoutineId>>;

// The order of those routines that `wanted` says, as reached from `entries`, in the order of these.
// Edges from and to other routines do not count.
std::vector<Part> nest(const Edges& edges, const std::vector<bool>& wanted,
                       const std::vector<ir::RoutineId>& entries);

// Calls visit(routine) for all routines of the parts, in order.
void for_each_routine(const std::vector<Part>& parts,
                      const std::function<void(ir::RoutineId)>& visit);

}  // namespace dunlin::jit
