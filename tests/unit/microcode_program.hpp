// For the tests of microcode and its passes: programs from text that leaves out what every program
// has.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// A program of these slots and routines, in the form of text.hpp, with one file, statements 0 to 9
// on lines 1 to 10, and the texts "first" and "second". The test fails when the text is not
// microcode, or not well formed.
Program well_formed(std::string_view slots_and_routines);
// The same, without asking whether it is well formed.
Program parsed(std::string_view slots_and_routines);

// The routines as text, statements left out: what a test says of what became of a program.
std::string routines_of(const Program& program);
// A slot's line in the program's text.
std::string slot_line(const Program& program, SlotId id);

// Whether one of the errors contains the text.
testing::AssertionResult mentions(const std::vector<std::string>& errors, std::string_view text);

}  // namespace dunlin::ir
