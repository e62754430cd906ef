#include "frontend/parse.hpp"

#include <cstdio>

#include "frontend/parse_build.hpp"
#include "frontend/parse_errors.hpp"
#include "frontend/parse_text.hpp"
#include "frontend/parse_tokens.hpp"

namespace dunlin::frontend {

namespace {

using ir::Code;

// Complains of a text that cannot be read at all.
bool is_readable(SyntaxReport& report) {
    std::string_view text = report.text();
    if (text.size() > kMaxSourceBytes) {
        report.add(Code::source_too_large, report.span(0, 0),
                   "the source has " + std::to_string(text.size()) + " bytes, more than " +
                       std::to_string(kMaxSourceBytes));
        return false;
    }
    if (auto offset = find_invalid_utf8(text)) {
        char byte[8];
        std::snprintf(byte, sizeof byte, "0x%02x", static_cast<unsigned char>(text[*offset]));
        report.add(Code::invalid_utf8, report.span(*offset, *offset + 1),
                   "the source is not valid UTF-8: byte " + std::string(byte) + " at offset " +
                       std::to_string(*offset) + ", line " +
                       std::to_string(report.line_of(*offset)));
        return false;
    }
    return true;
}

ast::Block parse_text(SyntaxReport& report) {
    Utf8Stream stream(report.text());
    grammar::DunlinLexer lexer(&stream);
    lexer.removeErrorListeners();
    TokenList list = read_tokens(lexer, report);
    if (!list.complete || report.full()) return {};

    antlr4::ListTokenSource source(std::move(list.tokens));
    antlr4::CommonTokenStream tokens(&source);
    grammar::DunlinParser parser(&tokens);
    parser.removeErrorListeners();
    parser.setErrorHandler(std::make_shared<ErrorStrategy>(report, list.depths));
    try {
        return build_statements(parser.file(), report);
    } catch (const TooManyErrors&) {
        return {};
    }
}

}  // namespace

ParsedFile parse(const ir::SourceMap& sources, ir::FileId file) {
    SyntaxReport report(sources, file);
    ParsedFile parsed;
    if (is_readable(report)) parsed.statements = parse_text(report);
    parsed.diagnostics = report.take();
    return parsed;
}

}  // namespace dunlin::frontend
