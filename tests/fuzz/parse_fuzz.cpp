// Any bytes as a program: the parser answers with a tree that can be printed, and with diagnostics
// that lie inside the source and can be rendered; and it answers the same when asked again.
#include <cstdint>
#include <cstdlib>

#include "frontend/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dunlin;
    ir::SourceMap sources;
    ir::FileId file = sources.add("fuzz.dun", std::string(data, data + size));
    frontend::ParsedFile parsed = frontend::parse(sources, file);
    std::string tree = frontend::print_tree(parsed.statements);
    for (const auto& statement : parsed.statements)
        if (statement->span.begin >= statement->span.end || statement->span.end > size)
            std::abort();
    for (const ir::Diagnostic& found : parsed.diagnostics) {
        // The end of a line is shown right behind its last word, also at the end of the file.
        if (found.span.begin > found.span.end || found.span.end > size + 1) std::abort();
        if (found.message.empty() || render(found, sources).empty()) std::abort();
    }
    if (frontend::print_tree(frontend::parse(sources, file).statements) != tree) std::abort();
    return 0;
}
