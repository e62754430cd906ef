#include "jit/lanes/pieces.hpp"

#include <algorithm>

namespace dunlin::jit {

namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view word_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    return text.substr(at, end - at);
}

// Calls visit(word) for every word that is not a number.
template <typename Visit>
void for_each_word(std::string_view text, Visit&& visit) {
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view word = word_at(text, at);
        if (!word.empty() && !is_digit(word.front())) visit(word);
        at += std::max<std::size_t>(word.size(), 1);
    }
}

std::string_view last_word(std::string_view text) {
    std::string_view last;
    for_each_word(text, [&](std::string_view word) { last = word; });
    return last;
}

// A declaration behind its `template <...>`.
std::string_view without_template(std::string_view text) {
    if (!text.starts_with("template")) return text;
    int depth = 0;
    for (std::size_t at = text.find('<'); at < text.size(); ++at) {
        if (text[at] == '<') ++depth;
        if (text[at] == '>' && --depth == 0) return text.substr(at + 2);
    }
    return text;
}

// The name that a declaration declares.
std::string_view declared_name(std::string_view text) {
    text = without_template(text);
    for (std::string_view keyword : {"using ", "struct "})
        if (text.starts_with(keyword)) return word_at(text, keyword.size());
    const std::string_view head = text.substr(0, text.find_first_of("={;"));
    const std::size_t parameters = head.find('(');
    if (parameters != head.npos) return last_word(head.substr(0, parameters));
    return last_word(head.substr(0, head.find_first_of("[<")));
}

// Brackets opened and not closed.
int open_brackets(std::string_view text) {
    const auto number_of = [&](char c) { return std::count(text.begin(), text.end(), c); };
    return static_cast<int>(number_of('{') + number_of('(') - number_of('}') - number_of(')'));
}

}  // namespace

Pieces::Pieces(const std::vector<std::string_view>& headers) {
    for (std::string_view header : headers) cut(header);
}

void Pieces::cut(std::string_view header) {
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t at = 0; at < header.size();) {
        const std::size_t end = header.find('\n', at) + 1;
        const std::string_view line = header.substr(at, end - at);
        const bool starts = at == begin;
        at = end;
        if (starts && (line.front() == '#' || line.starts_with("namespace") || line == "}\n")) {
            add(line, {});
            begin = end;
            continue;
        }
        depth += open_brackets(line);
        const char last = line[line.size() - 2];
        if (depth > 0 || (last != ';' && last != '}')) continue;
        const std::string_view text = header.substr(begin, end - begin);
        add(text, declared_name(text));
        begin = end;
    }
}

void Pieces::add(std::string_view text, std::string_view name) {
    if (!name.empty()) by_name_.emplace(name, pieces_.size());
    pieces_.push_back({text, name});
}

std::string Pieces::closure(const std::set<std::string_view>& names) const {
    std::vector<bool> taken(pieces_.size());
    std::vector<std::string_view> open(names.begin(), names.end());
    while (!open.empty()) {
        const auto [first, last] = by_name_.equal_range(open.back());
        open.pop_back();
        for (auto entry = first; entry != last; ++entry) {
            if (taken[entry->second]) continue;
            taken[entry->second] = true;
            for_each_word(pieces_[entry->second].text,
                          [&](std::string_view word) { open.push_back(word); });
        }
    }
    std::string text;
    for (std::size_t k = 0; k < pieces_.size(); ++k)
        if (taken[k] || pieces_[k].name.empty()) text += pieces_[k].text;
    return text;
}

std::set<std::string_view> words_of(std::string_view text) {
    std::set<std::string_view> words;
    for_each_word(text, [&](std::string_view word) { words.insert(word); });
    return words;
}

std::set<std::string_view> names_after(std::string_view prefix, std::string_view text) {
    std::set<std::string_view> names;
    for (std::size_t at = text.find(prefix); at != text.npos; at = text.find(prefix, at)) {
        const bool inside_word = at > 0 && is_word(text[at - 1]);
        at += prefix.size();
        if (!inside_word) names.insert(word_at(text, at));
    }
    return names;
}

}  // namespace dunlin::jit
