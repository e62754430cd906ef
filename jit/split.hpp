// A kernel's text made of its parts: as one function, or cut into several, since a compiler takes
// longer for a function than in proportion to its length.
//
// The emitter prints the program as *units*, one after the other. A unit is entered by its labels
// alone and left by jumps alone, so that each can be a function of its own. Then
//   - `goto L5;` to a label of another unit becomes a return of the label's number, and the kernel
//     calls the function that has the label;
//   - a variable that more than one function needs lies in a structure `Slots`, in the worker's
//     memory. A unit takes copies of those that it mentions, which the compiler keeps in registers,
//     and puts back what it wrote; the kernel itself uses them where they lie;
//   - what is the same wherever it is computed, such as the address of an array, is declared again
//     in each function.
// Functions are visible from outside, so that each can be compiled alone, in a thread of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dunlin::jit {

struct Variable {
    std::string type;
    std::string name;
    std::string value;  // at first; may be empty, or, in `Slots`, zero
    std::int64_t bytes = 0;
    // Whether its value may be needed after the unit that wrote it has been left.
    bool outlives_unit = true;
    bool is_address = false;  // never written, and cheap to compute again
};

struct CutKernel {
    std::vector<Variable> variables;
    std::string before;              // of the kernel's own function, until it enters a unit
    std::vector<std::string> units;  // at least one
    std::string after;               // of the kernel's own function, with labels for the units
};

struct JoinedKernel {
    std::string text;
    // Of a kernel of several functions: where what they share ends, and then each of them.
    std::vector<std::size_t> ends;
};

// Makes one unit of all.
void join_units(CutKernel& cut);

// One unit stands in the kernel's own function. `memory_bytes` is what the worker's memory holds
// already, and grows by what `Slots` needs.
JoinedKernel join(const CutKernel& cut, std::int64_t& memory_bytes);

}  // namespace dunlin::jit
