#include "frontend/names.hpp"

#include "frontend/walk.hpp"

namespace dunlin::frontend {

namespace {

void count(NameTable& table, const std::string& name, ir::Span span, int times) {
    auto [entry, is_new] = table.try_emplace(name);
    if (is_new) entry->second.first = span;
    entry->second.assignments += times;
}

void count_target(NameTable& table, const ast::Expr& target, int times) {
    if (const auto* name = std::get_if<ast::Identifier>(&target.node)) {
        count(table, name->name, target.span, times);
    } else if (const auto* index = std::get_if<ast::Index>(&target.node)) {
        count_target(table, *index->base, 2);
    }
}

void collect(NameTable& table, const ast::Block& statements) {
    for (const auto& statement : statements) {
        if (const auto* assign = std::get_if<ast::Assign>(&statement->node)) {
            bool plain = assign->targets.size() == 1 && !assign->op;
            for (const auto& target : assign->targets) count_target(table, *target, plain ? 1 : 2);
        } else if (const auto* loop = std::get_if<ast::For>(&statement->node)) {
            count(table, loop->variable.text, loop->variable.span, 2);
        } else if (const auto* declaration = std::get_if<ast::Declaration>(&statement->node)) {
            count(table, declaration->name.text, declaration->name.span, 2);
        }
        for_each_part(
            *statement, [](const ast::Expr&) {},
            [&](const ast::Block& block) { collect(table, block); });
    }
}

}  // namespace

NameTable assigned_names(const ast::Block& statements) {
    NameTable table;
    collect(table, statements);
    return table;
}

}  // namespace dunlin::frontend
