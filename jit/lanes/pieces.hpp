// The prelude cut into pieces: one declaration each, known by the name that it declares. From them
// a text is put together that has only what is used.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dunlin::jit {

/// `name` is empty for lines that belong to every text: those of the preprocessor, and the braces
/// of namespaces.
struct Piece {
    std::string_view text;
    std::string_view name;
};

class Pieces {
  public:
    /// Stripped header texts, one after the other. Pieces are parts of them.
    explicit Pieces(const std::vector<std::string_view>& headers);

    /// The text of all pieces that these names need, in the order of the headers. Names that no
    /// piece declares are passed over.
    std::string closure(const std::set<std::string_view>& names) const;

  private:
    void cut(std::string_view header);
    void add(std::string_view text, std::string_view name);

    std::vector<Piece> pieces_;
    std::multimap<std::string_view, std::size_t> by_name_;
};

/// All names in a text.
std::set<std::string_view> words_of(std::string_view text);

/// The names that stand behind `prefix` ("V::") in a text.
std::set<std::string_view> names_after(std::string_view prefix, std::string_view text);

}  // namespace dunlin::jit
