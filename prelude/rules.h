// Everything that is written in the lane dialect, for the meaning of the lanes header included
// before it. This list and the headers in it have no guards: scalar.h, wide16.h and wide32.h, which
// have, read them once each.

// clang-format off
#include "prelude/arith.h"
#include "prelude/combine.h"
#include "prelude/reduce.h"
#include "prelude/sort.h"
#include "prelude/random.h"
#include "prelude/philox.h"
#include "prelude/math.h"
// clang-format on
