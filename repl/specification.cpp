#include "repl/specification.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <string_view>

namespace dunlin::repl {

namespace {

struct Marker {
    std::string_view text;
    ExpectationKind kind;
};
constexpr Marker kMarkers[] = {{"expect:", ExpectationKind::Value},
                               {"error:", ExpectationKind::Error},
                               {"warning:", ExpectationKind::Warning},
                               {"fault:", ExpectationKind::Fault}};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The marker that begins at this '#', after blanks; nothing when there is none. Its text then
// begins at `text_begin`.
const Marker* marker_at(std::string_view text, std::size_t hash, std::size_t& text_begin) {
    std::string_view rest = trimmed(text.substr(hash + 1));
    for (const Marker& marker : kMarkers) {
        if (!rest.starts_with(marker.text)) continue;
        text_begin = static_cast<std::size_t>(rest.data() - text.data()) + marker.text.size();
        return &marker;
    }
    return nullptr;
}

// Where the comment of a line begins: the first '#' that is not inside a string. In a string that
// does not end on its line, which is an error to be expected, a marker counts all the same.
std::size_t comment_begin(std::string_view line) {
    bool inside = false;
    std::size_t marker = line.size();
    std::size_t ignored = 0;
    for (std::size_t k = 0; k < line.size(); ++k) {
        if (inside && line[k] == '\\') {
            ++k;
        } else if (line[k] == '"') {
            inside = !inside;
            marker = line.size();
        } else if (line[k] == '#') {
            if (!inside) return k;
            if (marker == line.size() && marker_at(line, k, ignored)) marker = k;
        }
    }
    return inside ? marker : line.size();
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
    auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    return status == std::errc{} && end == text.data() + text.size();
}

class SpecificationReader {
  public:
    TestSpecification read(std::string_view text) {
        while (!text.empty()) {
            ++line_;
            std::size_t end = std::min(text.find('\n'), text.size());
            take_line(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return std::move(result_);
    }

  private:
    void take_line(std::string_view line) {
        std::size_t hash = comment_begin(line);
        std::string_view code = line.substr(0, hash);
        std::string_view comment = line.substr(hash);
        note_code(code);
        bool directive = trimmed(code).empty() && !comment.empty() && take_directive(comment);
        bool expectations = take_expectations(comment);
        if (expectations && !directive && trimmed(code).empty())
            problem("an expectation stands on the line of code that it speaks of");
    }

    void note_code(std::string_view code) {
        std::string_view statement = trimmed(code);
        result_.asserts =
            result_.asserts || code.starts_with("assert ") || code.starts_with("assert(");
        result_.shows = result_.shows || statement.starts_with("print ") ||
                        statement.starts_with("print(") || statement.starts_with("output ");
    }

    bool take_expectations(std::string_view comment) {
        bool found = false;
        std::size_t hash = 0;
        while (hash < comment.size()) {
            std::size_t begin = 0;
            const Marker* marker = marker_at(comment, hash, begin);
            std::size_t next = begin;
            std::size_t ignored = 0;
            // The text ends where another marker begins.
            do next = std::min(comment.find('#', next + 1), comment.size());
            while (marker && next < comment.size() && !marker_at(comment, next, ignored));
            if (marker) {
                result_.expectations.push_back(
                    {marker->kind, line_,
                     std::string(trimmed(comment.substr(begin, next - begin)))});
                found = true;
            } else {
                next = std::min(comment.find('#', hash + 1), comment.size());
            }
            hash = next;
        }
        return found;
    }

    // "# key: value" with a key that is known. What follows a further '#' is not part of the value.
    bool take_directive(std::string_view comment) {
        std::string_view text = trimmed(comment.substr(1));
        std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return false;
        auto found = directives_.find(text.substr(0, colon));
        if (found == directives_.end()) return false;
        std::string_view value = text.substr(colon + 1);
        value = trimmed(value.substr(0, value.find('#')));
        if (!found->second(value))
            problem(fmt::format("'{}' is not a value for '{}'", value, found->first));
        return true;
    }

    void problem(const std::string& text) {
        result_.problems.push_back(fmt::format("line {}: {}", line_, text));
    }

    template <typename Number>
    std::function<bool(std::string_view)> number(Number& target) {
        return [&target](std::string_view text) { return read_number(text, target); };
    }
    template <typename Number>
    std::function<bool(std::string_view)> number(std::optional<Number>& target) {
        return [&target](std::string_view text) { return read_number(text, target.emplace()); };
    }
    std::function<bool(std::string_view)> dtype(DType& target) {
        return [&target](std::string_view text) {
            auto named = dtype_named(text);
            target = named.value_or(target);
            return named.has_value();
        };
    }
    template <typename Store>
    std::function<bool(std::string_view)> assignment(Store store) {
        return [store](std::string_view text) {
            std::size_t equals = text.find('=');
            if (equals == std::string_view::npos) return false;
            store(std::string(trimmed(text.substr(0, equals))),
                  std::string(trimmed(text.substr(equals + 1))));
            return true;
        };
    }

    TestSpecification result_;
    int line_ = 0;
    const std::map<std::string_view, std::function<bool(std::string_view)>> directives_{
        {"vms", number(result_.vms)},
        {"print-vm", number(result_.print_vm)},
        {"seed", number(result_.seed)},
        {"fuel", number(result_.fuel)},
        {"steps", number(result_.steps)},
        {"int", dtype(result_.load.int_type)},
        {"float", dtype(result_.load.float_type)},
        {"param", assignment([this](const std::string& name, const std::string& value) {
             result_.load.params[name] = value;
         })},
        {"set", assignment([this](const std::string& name, const std::string& value) {
             result_.values.emplace_back(name, value);
         })},
        {"in", assignment([this](const std::string& name, const std::string& value) {
             result_.inputs.emplace_back(name, value);
         })},
    };
};

}  // namespace

bool TestSpecification::expects(ExpectationKind kind) const {
    return std::any_of(expectations.begin(), expectations.end(),
                       [&](const Expectation& expectation) { return expectation.kind == kind; });
}

TestSpecification read_specification(const std::string& text) {
    return SpecificationReader().read(text);
}

}  // namespace dunlin::repl
