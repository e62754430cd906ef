// Microcode as text: printed for people (`dunlin explain --stage microcode`) and parsed back for
// tests. parse(print(program)) gives an equal program, for every program that satisfies `verify`.
//
//   program vm_bytes=8
//   file 0 "pi.dun"
//   statement 0 0:4:1-17                     file : line : first column - column after the last
//   text 0 "why"
//   slot s0 local f64[1000, 2] "p" @0        storage, type, name, offset in VM memory
//   slot s1 constant i64[2] = [1, 2]         the elements of an array in row-major order
//   slot s2 output f64 "estimate"
//   r0:
//     s2 = sum s0 {0, 1} !0                  result, operation, operands, attributes, statement
//     s4 = batch_any s3 !0 then r1 !0        a collective ends its routine
//   r1:
//     branch s4 r0 r2 !0                     also: jump r1 !0, jump r1 back !0 (a back-edge), halt
//     !0, end !0
//
// Items are numbered from 0 in order. A statement left out is 0. `#` begins a comment. What the
// parser returns has sizes within bounds; everything else is for `verify` to say.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "ir/microcode.hpp"

namespace dunlin::ir {

std::string print_microcode(const Program& program);

struct MicrocodeError {
    int line = 0;
    std::string message;
};
std::variant<Program, MicrocodeError> parse_microcode(std::string_view text);

}  // namespace dunlin::ir
