// dunlin doc: what the built-in and library functions do.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "repl/command.hpp"
#include "repl/output.hpp"

namespace dunlin::repl {

namespace {

// Signatures longer than this do not widen the column.
constexpr std::size_t kWidestColumn = 44;

std::string first_sentence(const std::string& text) {
    std::size_t end = text.find('\n');
    std::size_t stop = text.find(". ");
    if (stop != std::string::npos) end = std::min(end, stop + 1);
    return text.substr(0, end);
}

void write_json(const DocEntry& entry) {
    write_line({{"type", "doc"},
                {"name", entry.name},
                {"signature", entry.signature},
                {"text", entry.text},
                {"origin", entry.origin}});
}

void list_all(const std::vector<DocEntry>& entries) {
    std::size_t width = 0;
    for (const DocEntry& entry : entries)
        if (entry.signature.size() <= kWidestColumn)
            width = std::max(width, entry.signature.size());
    for (const DocEntry& entry : entries)
        fmt::print("{:{}}  {}\n", entry.signature, width, first_sentence(entry.text));
}

std::string indented(const std::string& text) {
    std::string result = "    ";
    for (char c : text) {
        result += c;
        if (c == '\n') result += "    ";
    }
    return result;
}

void show(const DocEntry& entry) {
    fmt::print("{}\n{}\n{}\n", entry.signature, indented(entry.text), indented(entry.origin));
}

int document(const std::string& name, Format format) {
    std::vector<DocEntry> entries = documentation();
    if (name.empty()) {
        if (format == Format::Json)
            for (const DocEntry& entry : entries) write_json(entry);
        else
            list_all(entries);
        return kFine;
    }
    std::vector<std::string> names;
    for (const DocEntry& entry : entries) {
        names.push_back(entry.name);
        if (entry.name != name) continue;
        if (format == Format::Json)
            write_json(entry);
        else
            show(entry);
        return kFine;
    }
    std::string nearest = nearest_name(name, names);
    report_error(
        {"unknown_name", "nothing is called '" + name + "'",
         nearest.empty() ? "'dunlin doc' lists all there is" : "did you mean '" + nearest + "'?"},
        format);
    return kBadCommand;
}

}  // namespace

void add_doc_command(CLI::App& app, Action& chosen) {
    auto name = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand("doc", "Say what a function does, or list them all");
    command->add_option("NAME", *name, "of a built-in or library function")->type_name("");
    command->footer("Examples:\n  dunlin doc cumsum\n  dunlin doc | grep random");
    auto format = std::make_shared<Format>(Format::Text);
    add_format_option(*command, *format);
    command->callback(
        [name, format, &chosen] { chosen = [name, format] { return document(*name, *format); }; });
}

}  // namespace dunlin::repl
