// Dead code: what nobody can see is not done.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Drops instructions whose result is never read, routines that are not reached, branches that
// choose nothing, and the slots, constants and texts that are left without a mention. Inputs,
// shared values, states and outputs stay, in their order: the host knows them by name. What may
// fault, what has an effect, and collectives stay too; so does a write to a state or an output that
// a later fault, back-edge or collective could show.
void remove_dead(Program& program);

}  // namespace dunlin::ir
