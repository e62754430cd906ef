// dunlin::lane: the lane dialect where a lane is one plain number.
#pragma once

#include "prelude/lanes_scalar.h"
#include "prelude/memory_scalar.h"
#include "prelude/rules.h"
