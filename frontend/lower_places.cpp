#include <algorithm>
#include <tuple>

#include "frontend/lower_internal.hpp"
#include "ir/utf8.hpp"

namespace dunlin::frontend {

namespace {

// Walks a text once, from offset to ever greater offset.
class LineCounter {
  public:
    LineCounter(const std::string& text, int first_line) : text_(text), first_line_(first_line) {}

    ir::Place advance(std::size_t offset) {
        while (offset_ < std::min(offset, text_.size())) step();
        return {first_line_ + static_cast<int>(end_columns_.size()), column_};
    }
    // The column after the last character of a line that has been passed.
    int end_column(int line) const {
        return end_columns_[static_cast<std::size_t>(line - first_line_)];
    }

  private:
    void step() {
        bool newline = text_[offset_] == '\n';
        if (newline) {
            bool two = offset_ > 0 && text_[offset_ - 1] == '\r';
            end_columns_.push_back(two ? column_ - 1 : column_);
        }
        offset_ += static_cast<std::size_t>(ir::decode_character(text_, offset_).bytes);
        column_ = newline ? 1 : column_ + 1;
    }

    const std::string& text_;
    int first_line_ = 1;
    std::size_t offset_ = 0;
    int column_ = 1;
    std::vector<int> end_columns_;  // of the lines passed
};

struct Edge {
    std::uint32_t offset = 0;
    bool is_end = false;
    ir::StatementId statement = 0;
};

}  // namespace

std::size_t Places::Hash::operator()(const ir::Span& span) const {
    std::uint64_t bounds = (std::uint64_t{span.begin} << 32) | span.end;
    return std::hash<std::uint64_t>{}((bounds + span.file) * 0x9E3779B97F4A7C15u);
}

bool Places::Equal::operator()(const ir::Span& left, const ir::Span& right) const {
    return left.file == right.file && left.begin == right.begin && left.end == right.end;
}

ir::StatementId Places::statement(ir::Span span) {
    auto [entry, is_new] = ids_.try_emplace(span, static_cast<ir::StatementId>(spans_.size()));
    if (is_new) spans_.push_back(span);
    return entry->second;
}

void Places::finish(const ir::SourceMap& sources) {
    program_.statements.resize(spans_.size());
    std::unordered_map<ir::FileId, std::vector<ir::StatementId>> by_file;
    std::vector<ir::FileId> files;
    for (ir::StatementId id = 0; id < spans_.size(); ++id) {
        auto [entry, is_new] = by_file.try_emplace(spans_[id].file);
        if (is_new) files.push_back(spans_[id].file);
        entry->second.push_back(id);
    }
    for (ir::FileId file : files) place_file(sources, file, by_file[file]);
}

// One pass over the text, however the spans lie: a line may be long and hold many of them.
void Places::place_file(const ir::SourceMap& sources, ir::FileId file,
                        const std::vector<ir::StatementId>& statements) {
    auto number = static_cast<std::uint32_t>(program_.files.size());
    program_.files.push_back(sources.name(file));
    std::vector<Edge> edges;
    for (ir::StatementId id : statements) {
        edges.push_back({spans_[id].begin, false, id});
        edges.push_back({spans_[id].end, true, id});
    }
    std::sort(edges.begin(), edges.end(), [](const Edge& left, const Edge& right) {
        return std::tie(left.offset, left.is_end) < std::tie(right.offset, right.is_end);
    });
    LineCounter counter(sources.text(file), sources.place(file, 0).line);
    for (const Edge& edge : edges) {
        ir::Place place = counter.advance(edge.offset);
        ir::Statement& statement = program_.statements[edge.statement];
        if (!edge.is_end)
            statement = {number, place.line, place.column, place.column};
        else
            statement.end_column =
                place.line == statement.line ? place.column : counter.end_column(statement.line);
    }
}

}  // namespace dunlin::frontend
