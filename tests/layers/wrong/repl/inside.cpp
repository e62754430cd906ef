#include "runtime/batch.hpp"
#include "runtime/dunlin.hpp"
#include <ir/types.hpp>
