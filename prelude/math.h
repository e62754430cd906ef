// Dunlin's mathematical functions, in the lane dialect (a part of rules.h). One text for the
// interpreter, CPU kernels and CUDA: the same bits everywhere.
//
// For f32 and f64, over the whole range, subnormals and huge arguments included:
//     exp exp2 expm1 log log2 log10 log1p    sin cos tan asin acos atan atan2
//     sinh cosh tanh asinh acosh atanh       cbrt pow hypot    erf erfc tgamma
// f32 results are within 1 unit in the last place of the true value, f64 within 2;
// docs/mathematics.md has the measured errors. Special cases are those of IEEE 754 and annex F of
// C, and any NaN result is the canonical one.
//
// In f32 the functions that decide the speed of kernels (exp exp2 log log2 sin cos tanh) are f32
// throughout; the others go through f64. Loops have a fixed number of turns, and the only branches
// are `if (any(mask))` around the path for large angles.

// clang-format off
#include "prelude/math_tables.h"
#include "prelude/math_parts.h"
#include "prelude/math_exp.h"
#include "prelude/math_log.h"
#include "prelude/math_trig.h"
#include "prelude/math_arc.h"
#include "prelude/math_power.h"
#include "prelude/math_special.h"
// clang-format on
