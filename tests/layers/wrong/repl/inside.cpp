#include <ir/types.hpp>

#include "runtime/batch.hpp"
#include "runtime/dunlin.hpp"
