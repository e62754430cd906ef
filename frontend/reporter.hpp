// Collects diagnostics: the same words at the same place are said once, and after kMaxErrors errors
// nothing more is.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ir/diagnostic.hpp"

namespace dunlin::frontend {

inline constexpr int kMaxErrors = 20;

class Reporter {
  public:
    void report(ir::Diagnostic diagnostic);
    void report_all(std::vector<ir::Diagnostic> diagnostics);
    bool has_errors() const { return errors_ > 0; }
    // In the order of the source: files as they were read, then by place.
    std::vector<ir::Diagnostic> take();

  private:
    std::vector<ir::Diagnostic> diagnostics_;
    std::set<std::tuple<ir::Code, ir::FileId, std::uint32_t, std::uint32_t>> seen_;
    int errors_ = 0;
};

}  // namespace dunlin::frontend
