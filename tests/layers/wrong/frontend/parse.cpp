#include <antlr4-runtime.h>

#include "ir/microcode.hpp"
#include "prelude/scalar.h"
