// The rules of arithmetic, with the scalar meaning of a lane: the text that kernels are made of is
// what the interpreter runs.
#pragma once

#include "prelude/scalar.h"
