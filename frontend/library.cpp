#include "frontend/library.hpp"

#include <algorithm>
#include <optional>

namespace dunlin::frontend {

namespace {

constexpr std::string_view kModuleFolder = "stdlib/modules/";
constexpr std::string_view kExtension = ".dun";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_character(char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
}

// "stats" of "stdlib/modules/stats.dun"; empty for core.
std::string_view module_of(std::string_view file_name) {
    if (!file_name.starts_with(kModuleFolder)) return {};
    file_name.remove_prefix(kModuleFolder.size());
    if (file_name.ends_with(kExtension)) file_name.remove_suffix(kExtension.size());
    return file_name;
}

// The name that a top-level line `fn name(...)` defines.
std::optional<std::string_view> function_name(std::string_view line) {
    if (!line.starts_with("fn ")) return std::nullopt;
    std::size_t begin = line.find_first_not_of(' ', 2);
    if (begin == std::string_view::npos) return std::nullopt;
    std::size_t end = begin;
    while (end < line.size() && is_name_character(line[end])) ++end;
    if (end == begin) return std::nullopt;
    return line.substr(begin, end - begin);
}

// One pass over the lines of a file. What a line means follows from its first character alone: a
// letter in column 0 begins a top-level item, and everything else belongs to the item above, except
// that comment lines directly above an item belong to it.
class PieceScanner {
  public:
    PieceScanner(const LibraryFile& file, std::vector<LibraryPiece>& pieces)
        : file_(file), pieces_(pieces) {}

    void scan() {
        std::size_t begin = 0;
        for (int line = 1; begin < file_.text.size(); ++line) {
            std::size_t end = std::min(file_.text.find('\n', begin), file_.text.size());
            take_line(file_.text.substr(begin, end - begin), begin, line);
            begin = end + 1;
        }
        finish_piece();
    }

  private:
    struct Start {
        std::size_t offset = 0;
        int line = 0;
    };

    void take_line(std::string_view text, std::size_t offset, int line) {
        if (!text.empty() && is_letter(text.front())) {
            finish_piece();
            name_ = function_name(text);
            start_ = comment_.value_or(Start{offset, line});
            comment_.reset();
            end_ = offset + text.size();
        } else if (text.starts_with('#')) {
            if (!comment_) comment_ = Start{offset, line};
        } else {
            comment_.reset();
            if (text.find_first_not_of(" \t\r") != std::string_view::npos)
                end_ = offset + text.size();
        }
    }

    void finish_piece() {
        if (!name_) return;
        pieces_.push_back({*name_, file_.name,
                           file_.text.substr(start_.offset, end_ - start_.offset), start_.line,
                           module_of(file_.name)});
        name_.reset();
    }

    const LibraryFile& file_;
    std::vector<LibraryPiece>& pieces_;
    std::optional<std::string_view> name_;  // of the function being scanned
    Start start_;
    std::size_t end_ = 0;           // behind the last line that is not blank
    std::optional<Start> comment_;  // the first of the comment lines directly above
};

}  // namespace

Library::Library(const std::vector<LibraryFile>& files) : files_(files) {
    for (const LibraryFile& file : files_) PieceScanner(file, pieces_).scan();
    for (std::size_t i = 0; i < pieces_.size(); ++i)
        by_name_.emplace(std::pair(pieces_[i].module, pieces_[i].name), i);
}

const LibraryPiece* Library::find(std::string_view name, std::string_view module) const {
    auto found = by_name_.find({module, name});
    return found == by_name_.end() ? nullptr : &pieces_[found->second];
}

bool Library::has_module(std::string_view module) const {
    if (module.empty()) return false;
    for (const LibraryFile& file : files_)
        if (module_of(file.name) == module) return true;
    return false;
}

}  // namespace dunlin::frontend
