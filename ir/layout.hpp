// Layout: where each local slot lies in VM memory.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Gives every local slot that is mentioned an offset, aligned to its element, and the program its
// `vm_bytes`, a whole number of words of 4 bytes. Slots that are never alive together share bytes;
// the operands and the result of one instruction never do. States, outputs, inputs, shared values
// and constants take no VM memory.
void lay_out(Program& program);

}  // namespace dunlin::ir
