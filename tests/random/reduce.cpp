#include "tests/random/reduce.hpp"

#include <algorithm>
#include <set>

#include "tests/random/edit.hpp"

namespace dunlin::random_programs {

namespace {

using Clock = std::chrono::steady_clock;

// An output that the reducer makes.
constexpr const char* kEnd = "found";

// The block, statement or expression of that number, counted from the outside in; null behind the
// last one.
Block* find_block(Block& block, std::size_t& number) {
    if (number-- == 0) return &block;
    for (Statement& statement : block)
        for (Block& inner : statement.blocks)
            if (Block* found = find_block(inner, number)) return found;
    return nullptr;
}
Expression* find_expression(RandomProgram& program, std::size_t number) {
    Expression* found = nullptr;
    for_each_expression(program.statements, [&](Expression& expression) {
        if (number-- == 0) found = &expression;
    });
    return found;
}

void note_names(const Statement& statement, std::set<std::string>& names) {
    names.insert(statement.assigns.begin(), statement.assigns.end());
    for (const Block& block : statement.blocks)
        for (const Statement& inner : block) note_names(inner, names);
}

// Whether a block has a way out of the loop around it, besides the one that goes with the loop.
bool leaves_loop(const Block& block) {
    return std::any_of(block.begin(), block.end(), [](const Statement& statement) {
        if (statement.fixed) return false;
        if (statement.text == "break" || statement.text == "continue") return true;
        if (statement.feature.starts_with("for") || statement.feature.starts_with("while"))
            return false;
        return std::any_of(statement.blocks.begin(), statement.blocks.end(), leaves_loop);
    });
}

class Reducer {
  public:
    Reducer(RandomProgram program, const Fails& fails, Clock::time_point end)
        : program_(std::move(program)), fails_(fails), end_(end) {}

    RandomProgram run() {
        for (bool smaller = true; smaller && !late();) {
            while (fewer_parts()) continue;
            smaller = smaller_sizes();
            smaller = simpler_data() || smaller;
        }
        return std::move(program_);
    }

  private:
    bool fewer_parts() {
        bool smaller = fewer_statements();
        smaller = simpler_run() || smaller;
        smaller = ended_sooner() || smaller;
        smaller = blocks_opened() || smaller;
        return smaller_expressions() || smaller;
    }

    bool late() const { return Clock::now() >= end_; }

    bool accept(RandomProgram candidate) {
        if (late()) return false;
        drop_unused_data(candidate);
        if (!fails_(candidate)) return false;
        program_ = std::move(candidate);
        return true;
    }
    template <typename Edit>
    bool attempt(Edit edit) {
        RandomProgram candidate = program_;
        edit(candidate);
        return accept(std::move(candidate));
    }

    bool simpler_run() {
        bool smaller = false;
        if (program_.steps > 1)
            smaller = attempt([](RandomProgram& p) { p.steps = 1; }) ||
                      attempt([](RandomProgram& p) { --p.steps; }) || smaller;
        if (program_.fuel) smaller = attempt([](RandomProgram& p) { p.fuel.reset(); }) || smaller;
        if (program_.seed != 0) smaller = attempt([](RandomProgram& p) { p.seed = 0; }) || smaller;
        for (std::int64_t vms :
             {std::int64_t{1}, std::int64_t{2}, program_.vms / 2, program_.vms - 1}) {
            if (vms < 1 || vms >= program_.vms) continue;
            bool fewer = attempt([&](RandomProgram& p) { keep_vms(p, 0, vms); }) ||
                         attempt([&](RandomProgram& p) { keep_vms(p, p.vms - vms, vms); });
            smaller = fewer || smaller;
        }
        return smaller;
    }

    // Takes away statements, many at once first: alone, or with all that hangs on their names.
    bool fewer_statements() {
        bool smaller = false;
        for (std::size_t number = 0;; ++number) {
            std::size_t at = number;
            Block* block = find_block(program_.statements, at);
            if (!block) return smaller;
            for (std::size_t length = std::max<std::size_t>(block->size(), 1); length > 0;
                 length /= 2) {
                for (std::size_t first = 0;; ++first) {
                    at = number;
                    block = find_block(program_.statements, at);
                    if (!block || first + length > block->size()) break;
                    // What came next has moved to the same place.
                    while (remove(number, first, length)) smaller = true;
                }
                if (!block) break;
            }
        }
    }

    bool remove(std::size_t number, std::size_t first, std::size_t length) {
        if (late()) return false;
        for (bool with_names : {true, false}) {
            RandomProgram candidate = program_;
            std::size_t at = number;
            Block* block = find_block(candidate.statements, at);
            if (!block || first + length > block->size()) return false;
            auto begin = block->begin() + static_cast<std::ptrdiff_t>(first);
            auto end = begin + static_cast<std::ptrdiff_t>(length);
            if (std::any_of(begin, end, [](const Statement& statement) { return statement.fixed; }))
                return false;
            std::set<std::string> names;
            for (auto each = begin; each != end; ++each) note_names(*each, names);
            block->erase(begin, end);
            if (with_names) forget(candidate, names);
            if (accept(std::move(candidate))) return true;
        }
        return false;
    }

    // Ends the program at a statement that stands by itself, and makes one of its parts, or of
    // those in its blocks, an output.
    bool ended_sooner() {
        for (std::size_t index = 0; index < program_.statements.size() && !late(); ++index) {
            const Statement& statement = program_.statements[index];
            if (statement.feature.starts_with("function") || statement.feature == "state") continue;
            std::vector<Expression> parts;
            Block here = {statement};
            for_each_expression(here, [&](Expression& part) { parts.push_back(part); });
            bool output = statement.text.ends_with("= $0") && statement.feature == "output";
            for (std::size_t k = output ? 1 : 0; k < parts.size(); ++k)
                if (parts[k].text != plain_value(parts[k].type).text && end_with(index, parts[k]))
                    return true;
        }
        return false;
    }

    bool end_with(std::size_t index, const Expression& part) {
        RandomProgram candidate = program_;
        Block& block = candidate.statements;
        for (std::size_t k = index; k < block.size();) {
            if (block[k].feature.starts_with("function"))
                ++k;
            else
                block.erase(block.begin() + static_cast<std::ptrdiff_t>(k));
        }
        block.push_back({"output " + std::string(kEnd) + " = $0", {part}, {}, "output", {kEnd}});
        return accept(std::move(candidate));
    }

    // Puts what is in a block in the place of the statement around it, or drops branches.
    bool blocks_opened() {
        bool smaller = false;
        for (std::size_t number = 0;; ++number) {
            std::size_t at = number;
            Block* block = find_block(program_.statements, at);
            if (!block) return smaller;
            for (std::size_t index = 0; index < block->size(); ++index) {
                smaller = shorten_loop(number, index) || smaller;
                at = number;
                block = find_block(program_.statements, at);
                std::size_t blocks = (*block)[index].blocks.size();
                for (std::size_t k = 0; k < blocks; ++k) {
                    bool done = open(number, index, k);
                    smaller = smaller || done;
                    if (done) break;
                }
                at = number;
                block = find_block(program_.statements, at);
                if (!block) break;
            }
        }
    }

    // A loop over something plain.
    bool shorten_loop(std::size_t number, std::size_t index) {
        for (const char* turns : {"1", "2", "3"}) {
            RandomProgram candidate = program_;
            std::size_t at = number;
            Statement& statement = (*find_block(candidate.statements, at))[index];
            if (!statement.feature.starts_with("for over")) return false;
            std::string text = "for " + statement.assigns[0] + " in 0.." + turns + " $b0";
            if (statement.text == text) return false;
            statement.text = text;
            statement.parts.clear();
            if (accept(std::move(candidate))) return true;
        }
        return false;
    }

    bool open(std::size_t number, std::size_t index, std::size_t k) {
        RandomProgram candidate = program_;
        std::size_t at = number;
        Block& block = *find_block(candidate.statements, at);
        Statement& statement = block[index];
        bool loop = statement.feature.starts_with("for") || statement.feature.starts_with("while");
        if (statement.feature.starts_with("function") || statement.fixed) return false;
        // What leaves this loop would leave another, or go round its way out.
        if (loop && leaves_loop(statement.blocks[k])) return false;
        if (statement.feature == "elif" || statement.feature == "else") {
            statement.text = "if $0 $b0";
            std::swap(statement.blocks[0], statement.blocks[k]);
            statement.blocks.resize(1);
            statement.parts.resize(1);
            statement.feature = "if";
            return accept(std::move(candidate));
        }
        Block body = std::move(statement.blocks[k]);
        body.erase(std::remove_if(body.begin(), body.end(),
                                  [](const Statement& inner) { return inner.fixed; }),
                   body.end());
        std::set<std::string> names(statement.assigns.begin(), statement.assigns.end());
        block.erase(block.begin() + static_cast<std::ptrdiff_t>(index));
        block.insert(block.begin() + static_cast<std::ptrdiff_t>(index), body.begin(), body.end());
        forget(candidate, names);
        return accept(std::move(candidate));
    }

    bool smaller_expressions() {
        bool smaller = false;
        for (std::size_t number = 0; find_expression(program_, number) && !late(); ++number)
            while (smaller_expression(number)) smaller = true;
        return smaller;
    }

    bool smaller_expression(std::size_t number) {
        for (const Expression& candidate : simpler_than(*find_expression(program_, number)))
            if (attempt([&](RandomProgram& p) { *find_expression(p, number) = candidate; }))
                return true;
        return false;
    }

    // What may stand instead of an expression, the simplest first.
    static std::vector<Expression> simpler_than(const Expression& expression) {
        std::vector<Expression> simpler;
        Expression plain = plain_value(expression.type);
        if (expression.text == plain.text) return simpler;
        simpler.push_back(plain);
        bool leaf = expression.parts.empty();
        for (const Expression& part : expression.parts) {
            if (part.type == expression.type) simpler.push_back(part);
            for (const Expression& inner : part.parts)
                if (inner.type == expression.type) simpler.push_back(inner);
        }
        if (leaf && expression.number) return simpler;
        bool converts = expression.parts.size() == 1 && expression.text.ends_with("($0)") &&
                        dtype_named(expression.text.substr(0, expression.text.find('(')));
        for (const Expression& part : expression.parts) {
            if (part.type.dtype == expression.type.dtype ||
                part.type.shape != expression.type.shape || converts)
                continue;
            Expression converted = expression;
            converted.parts = {part};
            converted.text = std::string(name_of(expression.type.dtype)) + "($0)";
            simpler.push_back(std::move(converted));
        }
        return simpler;
    }

    // A size becomes smaller: it alone, or with all its multiples, which may be products with it.
    bool smaller_sizes() {
        bool smaller = false;
        for (std::int64_t size : sizes_in(program_))
            for (std::int64_t less : {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, size / 2})
                if (less >= 1 && less < size && smaller_size(size, less)) {
                    smaller = true;
                    break;
                }
        return smaller;
    }

    bool smaller_size(std::int64_t size, std::int64_t less) {
        std::map<std::int64_t, std::int64_t> sizes = {{size, less}};
        if (attempt([&](RandomProgram& p) { change_sizes(p, sizes); })) return true;
        for (std::int64_t other : sizes_in(program_))
            if (other % size == 0) sizes[other] = other / size * less;
        return sizes.size() > 1 && attempt([&](RandomProgram& p) { change_sizes(p, sizes); });
    }

    bool simpler_data() {
        bool smaller = false;
        for (std::size_t k = 0; k < program_.data.size(); ++k) {
            if (program_.data[k].per_vm)
                smaller =
                    attempt([&](RandomProgram& p) {
                        p.data[k].per_vm = false;
                        p.data[k].bytes.resize(static_cast<std::size_t>(bytes_of(p.data[k].type)));
                    }) ||
                    smaller;
            smaller = zero_elements(k) || smaller;
        }
        return smaller;
    }

    // Elements become 0: all, then shorter and shorter stretches of them.
    bool zero_elements(std::size_t k) {
        bool smaller = false;
        auto size = static_cast<std::size_t>(size_of(program_.data[k].type.dtype));
        std::size_t all = program_.data[k].bytes.size();
        for (std::size_t length = all; length >= size && length * 32 >= all;
             length = length / 2 / size * size) {
            if (length == 0) break;
            for (std::size_t begin = 0; begin + length <= all; begin += length) {
                auto first = program_.data[k].bytes.begin() + static_cast<std::ptrdiff_t>(begin);
                if (std::all_of(first, first + static_cast<std::ptrdiff_t>(length),
                                [](std::byte byte) { return byte == std::byte{0}; }))
                    continue;
                smaller =
                    attempt([&](RandomProgram& p) {
                        std::fill_n(p.data[k].bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                                    length, std::byte{0});
                    }) ||
                    smaller;
            }
        }
        return smaller;
    }

    RandomProgram program_;
    const Fails& fails_;
    Clock::time_point end_;
};

}  // namespace

RandomProgram reduce(RandomProgram program, const Fails& fails, std::chrono::milliseconds limit) {
    return Reducer(std::move(program), fails, Clock::now() + limit).run();
}

int count_lines(const RandomProgram& program) {
    std::string text = program.text();
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace dunlin::random_programs
