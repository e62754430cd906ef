// dunlin::lane16: the lane dialect where a lane value is a vector of 16 lanes. For clang only.
#pragma once

#undef DUNLIN_LANE_WIDTH
#define DUNLIN_LANE_WIDTH 16
#include "prelude/lanes_wide.h"
#include "prelude/memory_wide.h"
#include "prelude/rules.h"
#include "prelude/vms_wide.h"
