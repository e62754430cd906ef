// Where VMs that a branch has parted are together again.
#pragma once

#include <optional>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// For each routine, the first routine that every way on from it has in common (its immediate
// post-dominator), or nothing when there is none before the program ends.
//
// Of the ways on from a routine only the best count: those that reach the end; where none does,
// those that can go round a loop for ever; where there is none of these, those that come to a
// collective; else, all. So a way that just halts does not keep the others from meeting, and an
// endless loop has meeting points: its turns end where its back-edges come together.
std::vector<std::optional<RoutineId>> meeting_points(const Program& program);

}  // namespace dunlin::ir
