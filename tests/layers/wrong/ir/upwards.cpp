#include "frontend/compile.hpp"
