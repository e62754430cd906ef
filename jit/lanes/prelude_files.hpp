// The prelude's headers as they are embedded: stripped of comments, guards and includes. For
// prelude_text.cpp alone.
#pragma once

#include <span>
#include <string_view>

namespace dunlin::jit {

struct PreludeFile {
    std::string_view name;  // "arith.h"
    std::string_view text;
};

std::span<const PreludeFile> prelude_files();

}  // namespace dunlin::jit
