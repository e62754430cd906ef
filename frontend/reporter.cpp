#include "frontend/reporter.hpp"

#include <algorithm>

namespace dunlin::frontend {

void Reporter::report(ir::Diagnostic diagnostic) {
    const ir::Span& span = diagnostic.span;
    if (!seen_.insert({diagnostic.code, span.file, span.begin, span.end}).second) return;
    if (!ir::is_warning(diagnostic.code) && ++errors_ > kMaxErrors) return;
    diagnostics_.push_back(std::move(diagnostic));
}

void Reporter::report_all(std::vector<ir::Diagnostic> diagnostics) {
    for (ir::Diagnostic& diagnostic : diagnostics) report(std::move(diagnostic));
}

std::vector<ir::Diagnostic> Reporter::take() {
    std::stable_sort(diagnostics_.begin(), diagnostics_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.span.file, a.span.begin) < std::tie(b.span.file, b.span.begin);
    });
    return std::move(diagnostics_);
}

}  // namespace dunlin::frontend
