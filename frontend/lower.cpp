#include "frontend/lower.hpp"

#include <algorithm>

#include "frontend/lower_internal.hpp"

namespace dunlin::frontend {

Lowered lower(const checked::Program& program, const ir::SourceMap& sources,
              std::size_t max_instructions) {
    Lowered lowered;
    Lowering(program, sources, max_instructions, lowered).run();
    return lowered;
}

Lowering::Lowering(const checked::Program& tree, const ir::SourceMap& sources,
                   std::size_t max_instructions, Lowered& lowered)
    : tree_(tree),
      sources_(sources),
      max_instructions_(max_instructions),
      lowered_(lowered),
      code_(lowered.program),
      places_(lowered.program, lowered.statement_spans),
      user_place_(tree.main->declared) {}

void Lowering::run() {
    describe_ports();
    lower(tree_.main->body, tree_.main->body.size(), true);
    if (!lowered_.diagnostics.empty()) return;  // what there is of a program is not to be used
    code_.end(statement(tree_.main->declared));
    code_.finish();
    places_.finish(sources_);
}

void Lowering::describe_ports() {
    for (const auto& [kind, variable] : tree_.ports) {
        int line = sources_.place(variable->declared.file, variable->declared.begin).line;
        lowered_.ports.push_back({kind, variable->name, variable->type, slot_of(*variable), line});
    }
}

ir::StatementId Lowering::statement(ir::Span span) {
    return places_.statement(sources_.is_library(span.file) ? user_place_ : span);
}

ir::SlotId Lowering::slot_of(const checked::Variable& variable) {
    auto [entry, is_new] = slots_.try_emplace(&variable, ir::kNoSlot);
    if (is_new)
        entry->second = code_.slot(variable.type, variable.storage,
                                   variable.hidden ? std::string() : variable.name);
    return entry->second;
}

bool Lowering::is_bound_to(const checked::Variable& variable, SlotId slot) const {
    auto entry = slots_.find(&variable);
    return entry != slots_.end() && entry->second == slot;
}

ir::SlotId Lowering::integer(ir::DType dtype, std::int64_t number) {
    return code_.constant(ir::scalar_constant(dtype, number));
}

// Asked before every expansion and every statement; once it says yes, nothing grows any more.
bool Lowering::stops_growing(ir::Span span) {
    if (!lowered_.diagnostics.empty()) return true;
    if (code_.size() <= max_instructions_ && expansion_count_ <= max_instructions_) return false;
    complain(span);
    code_.abandon();
    return true;
}

void Lowering::complain(ir::Span span) {
    ir::Diagnostic diagnostic;
    diagnostic.code = ir::Code::program_too_large;
    diagnostic.message = std::string(ir::title_of(diagnostic.code));
    diagnostic.span = expansions_.empty() ? span : expansions_.front().call;
    std::string limit = std::to_string(max_instructions_);
    diagnostic.label = expansions_.empty() ? "more than " + limit + " instructions up to here"
                                           : "expanding this call takes the program past " + limit +
                                                 " instructions";
    diagnostic.help =
        "every call is expanded in place; use a loop, or keep a result in a name instead of "
        "calling again";
    std::vector<std::pair<std::size_t, const checked::Instance*>> growing;
    for (const auto& [instance, count] : expansion_counts_)
        if (count > 1) growing.emplace_back(count, instance);
    std::sort(growing.begin(), growing.end(), [](const auto& left, const auto& right) {
        return left.first != right.first ? left.first > right.first
                                         : left.second->name < right.second->name;
    });
    constexpr std::size_t kNamed = 3;
    if (growing.size() > kNamed) growing.resize(kNamed);
    for (const auto& [count, instance] : growing)
        diagnostic.notes.emplace_back(
            instance->declared,
            "'" + instance->name + "' has been expanded " + std::to_string(count) + " times");
    lowered_.diagnostics.push_back(std::move(diagnostic));
}

}  // namespace dunlin::frontend
