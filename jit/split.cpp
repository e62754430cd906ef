#include "jit/split.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace dunlin::jit {

namespace {

// Of `Slots`, and of the largest vector that lies in it.
constexpr std::int64_t kAlignment = 256;

constexpr std::string_view kKernel =
    "extern \"C\" void dunlin_kernel(kernel::Run* run, kernel::Task* task) {\n";

bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_in_word(char c) {
    return begins_word(c) || (c >= '0' && c <= '9');
}

// Calls visit(begin, end) for every name in the text.
template <class Visit>
void for_each_word(std::string_view text, const Visit& visit) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (!is_in_word(text[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size() && is_in_word(text[at])) ++at;
        if (begins_word(text[begin])) visit(begin, at);
    }
}

// Whether what stands there is given a value: x = 1, x += 1, ++x.
bool is_written(std::string_view text, std::size_t begin, std::size_t end) {
    const std::string_view after = text.substr(end, 4);
    if (after.starts_with(" = ") || after.starts_with(" += ")) return true;
    if (begin < 2) return false;
    const std::string_view before = text.substr(begin - 2, 2);
    return before == "++" || before == "--";
}

// What a text has to do with the rest of the kernel.
struct Mentions {
    std::map<std::size_t, bool> variables;  // by number, whether they are written
    std::vector<std::string_view> labels;   // that stand in it
    std::set<std::string_view> targets;     // of its jumps
};

class Joiner {
  public:
    Joiner(const CutKernel& cut, std::int64_t& memory_bytes)
        : cut_(cut), memory_bytes_(memory_bytes) {
        for (std::size_t k = 0; k < cut.variables.size(); ++k)
            by_name_.emplace(cut.variables[k].name, k);
    }

    JoinedKernel run() {
        if (cut_.units.size() == 1)
            join_into_one();
        else
            join_functions();
        return std::move(joined_);
    }

  private:
    void join_into_one() {
        std::string& text = joined_.text;
        text = kKernel;
        for (const Variable& variable : cut_.variables) text += declaration(variable);
        text += cut_.before + cut_.units[0] + cut_.after + "}\n";
    }

    static std::string declaration(const Variable& variable) {
        return "  " + variable.type + " " + variable.name +
               (variable.value.empty() ? "" : " = " + variable.value) + ";\n";
    }

    Mentions mentions_of(std::string_view text) const {
        Mentions mentions;
        std::string_view last;
        for_each_word(text, [&](std::size_t begin, std::size_t end) {
            const std::string_view word = text.substr(begin, end - begin);
            if (last == "goto") mentions.targets.insert(word);
            last = word;
            if (text.substr(end, 2) == ":;") mentions.labels.push_back(word);
            const auto known = by_name_.find(word);
            if (known == by_name_.end()) return;
            bool& written = mentions.variables[known->second];
            written = written || is_written(text, begin, end);
        });
        return mentions;
    }

    void join_functions() {
        for (const std::string& unit : cut_.units) units_.push_back(mentions_of(unit));
        kernel_ = mentions_of(cut_.before);
        kernel_.variables.merge(mentions_of(cut_.after).variables);
        number_labels();
        find_shared();
        write_slots();
        for (std::size_t k = 0; k < units_.size(); ++k) joined_.text += signature(k) + ";\n";
        end_function();
        for (std::size_t k = 0; k < units_.size(); ++k) write_unit(k);
        write_kernel();
    }

    // What is jumped to from another function than the one that has it.
    void number_labels() {
        auto number = [&](const Mentions& from) {
            const std::set<std::string_view> own(from.labels.begin(), from.labels.end());
            for (std::string_view target : from.targets)
                if (own.count(target) == 0) numbers_.emplace(target, numbers_.size());
        };
        for (const Mentions& unit : units_) number(unit);
        number(kernel_);
    }

    // Variables of `Slots`: those of several functions, and those that wait while theirs does not
    // run.
    void find_shared() {
        std::vector<int> users(cut_.variables.size());
        for (const Mentions& unit : units_)
            for (const auto& [variable, written] : unit.variables) ++users[variable];
        is_shared_.resize(cut_.variables.size());
        for (std::size_t k = 0; k < users.size(); ++k) {
            const Variable& variable = cut_.variables[k];
            const bool in_kernel = kernel_.variables.count(k) > 0;
            is_shared_[k] = !variable.is_address && (users[k] + (in_kernel ? 1 : 0) > 1 ||
                                                     (users[k] == 1 && variable.outlives_unit));
        }
    }

    void write_slots() {
        std::string& text = joined_.text;
        text += "struct Slots {\n";
        std::int64_t bytes = 0;
        for (std::size_t k = 0; k < is_shared_.size(); ++k) {
            if (!is_shared_[k]) continue;
            const Variable& variable = cut_.variables[k];
            text += "  " + variable.type + " " + variable.name + ";\n";
            std::int64_t size = 1;
            while (size < variable.bytes) size *= 2;
            bytes = (bytes + size - 1) / size * size + size;
        }
        text += "};\n";
        slots_at_ = memory_bytes_;
        memory_bytes_ += bytes + 2 * kAlignment;  // it begins and ends at a multiple
    }

    static std::string signature(std::size_t unit) {
        return "extern \"C\" int dunlin_unit_" + std::to_string(unit) +
               "(kernel::Run* run, kernel::Task* task, Slots& __restrict slots, int to)";
    }

    void write_unit(std::size_t number) {
        const Mentions& unit = units_[number];
        std::string& text = joined_.text;
        text += signature(number) + " {\n";
        for (const auto& [k, written] : unit.variables) {
            Variable variable = cut_.variables[k];
            if (is_shared_[k]) variable.value = "slots." + variable.name;
            text += declaration(variable);
        }
        text += "  switch (to) {\n";
        for (std::string_view label : unit.labels)
            if (const auto known = numbers_.find(label); known != numbers_.end())
                text += "    case " + std::to_string(known->second) + ": goto " +
                        std::string(label) + ";\n";
        text += "    default: __builtin_unreachable();\n  }\n";
        write_jumps(cut_.units[number], unit, "leave");
        text += "  leave:;\n";
        for (const auto& [k, written] : unit.variables) {
            const std::string& name = cut_.variables[k].name;
            if (is_shared_[k] && written) text += "  slots." + name + " = " + name + ";\n";
        }
        text += "  return to;\n}\n";
        end_function();
    }

    // The text, with other jumps to where they lead out of the function.
    void write_jumps(std::string_view text, const Mentions& mentions, const char* way_out) {
        const std::set<std::string_view> own(mentions.labels.begin(), mentions.labels.end());
        constexpr std::string_view kJump = "goto ";
        std::size_t done = 0;
        for (;;) {
            const std::size_t at = text.find(kJump, done);
            if (at == std::string_view::npos) break;
            const std::size_t end = text.find(';', at);
            const std::string_view target = text.substr(at + kJump.size(), end - at - kJump.size());
            joined_.text += text.substr(done, at - done);
            if (own.count(target) > 0)
                joined_.text += text.substr(at, end + 1 - at);
            else
                joined_.text +=
                    "{ to = " + std::to_string(numbers_.at(target)) + "; goto " + way_out + "; }";
            done = end + 1;
        }
        joined_.text += text.substr(done);
    }

    void write_kernel() {
        std::string& text = joined_.text;
        text += kKernel;
        text +=
            "  Slots& slots = *reinterpret_cast<Slots*>(reinterpret_cast<S::u64>("
            "task->memory + " +
            std::to_string(slots_at_ + kAlignment - 1) + ") & ~S::u64(" +
            std::to_string(kAlignment - 1) + "));\n";
        text += "  __builtin_memset(&slots, 0, sizeof slots);\n  int to;\n";
        for (const auto& [k, written] : kernel_.variables) {
            const Variable& variable = cut_.variables[k];
            if (is_shared_[k])
                text += "  " + variable.type + "& " + variable.name + " = slots." + variable.name +
                        ";\n";
            else
                text += declaration(variable);
        }
        write_jumps(cut_.before, kernel_, "enter");
        text += "  enter:;\n  switch (to) {\n";
        std::set<std::string_view> of_units;
        for (std::size_t k = 0; k < units_.size(); ++k) {
            for (std::string_view label : units_[k].labels) {
                if (numbers_.count(label) == 0) continue;
                of_units.insert(label);
                text += "    case " + std::to_string(numbers_.at(label)) + ": to = dunlin_unit_" +
                        std::to_string(k) + "(run, task, slots, to); goto enter;\n";
            }
        }
        for (const auto& [label, number] : numbers_)
            if (of_units.count(label) == 0)
                text +=
                    "    case " + std::to_string(number) + ": goto " + std::string(label) + ";\n";
        text += "    default: __builtin_unreachable();\n  }\n";
        text += cut_.after + "}\n";
        end_function();
    }

    void end_function() { joined_.ends.push_back(joined_.text.size()); }

    const CutKernel& cut_;
    std::int64_t& memory_bytes_;
    std::unordered_map<std::string_view, std::size_t> by_name_;
    std::vector<Mentions> units_;
    Mentions kernel_;                                  // its own function
    std::map<std::string_view, std::size_t> numbers_;  // of labels
    std::vector<bool> is_shared_;                      // by variable
    std::int64_t slots_at_ = 0;
    JoinedKernel joined_;
};

}  // namespace

void join_units(CutKernel& cut) {
    std::string all;
    for (const std::string& unit : cut.units) all += unit;
    cut.units = {std::move(all)};
}

JoinedKernel join(const CutKernel& cut, std::int64_t& memory_bytes) {
    return Joiner(cut, memory_bytes).run();
}

}  // namespace dunlin::jit
