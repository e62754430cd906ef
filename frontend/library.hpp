// The standard library as the front end sees it: texts in which functions are found by name.
//
// A process that runs a ten-line program must not parse thousands of lines of library, so the
// library's files are cut into pieces by a plain scan: a piece begins with the comment lines above
// a top-level `fn`, at column 0, and ends before the next top-level item. Only the pieces that a
// program uses are parsed. `core` (every file but the modules) is visible everywhere; a module (a
// file in stdlib/modules/) is visible after `import name`, as `name.function`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dunlin::frontend {

struct LibraryFile {
    std::string_view name;  // "stdlib/statistics.dun" or "stdlib/modules/stats.dun"
    std::string_view text;
};

struct LibraryPiece {
    std::string_view name;  // of the function
    std::string_view file;
    std::string_view text;  // with the comment lines above it
    int first_line = 1;
    std::string_view module;  // empty for core
};

class Library {
  public:
    explicit Library(const std::vector<LibraryFile>& files);
    const LibraryPiece* find(std::string_view name, std::string_view module = {}) const;
    bool has_module(std::string_view module) const;
    const std::vector<LibraryPiece>& pieces() const { return pieces_; }
    const std::vector<LibraryFile>& files() const { return files_; }

  private:
    std::vector<LibraryFile> files_;
    std::vector<LibraryPiece> pieces_;
    std::map<std::pair<std::string_view, std::string_view>, std::size_t>
        by_name_;  // (module, name)
};

}  // namespace dunlin::frontend
