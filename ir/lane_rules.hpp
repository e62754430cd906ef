// The rules of arithmetic, with the scalar meaning of a lane: the text that kernels are made of is
// what the interpreter runs. The lanes come first, the rest is written in them.
#pragma once

// clang-format off
#include "prelude/lanes_scalar.h"
#include "prelude/arith.h"
#include "prelude/math.h"
#include "prelude/random.h"
// clang-format on
