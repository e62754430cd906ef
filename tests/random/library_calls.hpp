// Calls of the standard library that the generator can write, as data.
//
// The result says what the call is a value of: a letter for the element type, and one for the
// shape.
//   A any   T number   F float   I integer   S what sums stay in   B bool   i int   f float by
//   default (nothing) any shape   . scalar   r elements, and an axis   v a short vector   q a small
//   square
// The operands in the same way:
//   = the type of the result   B, i, f as above   u some integer   a any
//   (nothing) the shape of the result   . scalar   + one axis more in front   n a vector
//   q a small square   s a square as wide as the result is long   > one longer than the result
//   w a vector as long as the result
// Where the text says SIZES, the sizes of the result stand. Calls that begin with a module need it
// to be imported.
#pragma once

#include <string>
#include <vector>

namespace dunlin::random_programs {

struct LibraryCall {
    std::string text;
    std::string result;
    std::vector<std::string> operands;
    int work = 1;         // against that of a usual one
    bool varies = false;  // not the same in all VMs, even when the operands are
};

const std::vector<LibraryCall>& library_calls();

}  // namespace dunlin::random_programs
