#include "runtime/npy.hpp"

#include <charconv>
#include <cstring>

#include "runtime/convert.hpp"

namespace dunlin::runtime {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMaxAxes = 64;

Error npy_error(std::string message, std::string help = {}) {
    return {"npy", std::move(message), std::move(help)};
}

struct Header {
    std::string descr;  // "<f8"
    bool fortran_order = false;
    Shape shape;
};

// Reads the dictionary of the header: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
class HeaderParser {
  public:
    explicit HeaderParser(std::string_view text) : rest_(text) {}

    Result<Header> parse() {
        if (!take('{')) return broken("it does not begin with '{'");
        while (!take('}')) {
            std::string key;
            if (!string(key) || !take(':')) return broken("a key is missing");
            if (auto error = value_of(key)) return *error;
            if (!take(',') && !at('}')) return broken("a ',' is missing");
        }
        skip_blanks();
        if (!rest_.empty()) return broken("something follows the '}'");
        if (!has_descr_ || !has_order_ || !has_shape_)
            return broken("it needs 'descr', 'fortran_order' and 'shape'");
        return header_;
    }

  private:
    Failure value_of(const std::string& key) {
        if (key == "descr") {
            has_descr_ = true;
            if (at('[')) {
                return npy_error("the elements are records with fields, which cannot be bound",
                                 "save each field as an array of its own");
            }
            return string(header_.descr) ? Failure{} : broken("'descr' is not a string");
        }
        if (key == "fortran_order") {
            has_order_ = true;
            header_.fortran_order = at('T');
            return word("True") || word("False") ? Failure{}
                                                 : broken("'fortran_order' is not True or False");
        }
        if (key == "shape") {
            has_shape_ = true;
            return shape() ? Failure{} : broken("'shape' is not a tuple of sizes");
        }
        return broken("unknown key '" + key + "'");
    }

    Error broken(const std::string& why) const {
        return npy_error("the header is not that of a .npy file: " + why);
    }

    void skip_blanks() {
        while (!rest_.empty() &&
               (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\t'))
            rest_.remove_prefix(1);
    }

    bool at(char wanted) {
        skip_blanks();
        return !rest_.empty() && rest_.front() == wanted;
    }

    bool take(char wanted) {
        if (!at(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool word(std::string_view wanted) {
        skip_blanks();
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(wanted.size());
        return true;
    }

    bool string(std::string& text) {
        char quote = at('"') ? '"' : '\'';
        if (!take(quote)) return false;
        std::size_t end = rest_.find(quote);
        if (end == std::string_view::npos) return false;
        text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text.find_first_of("\\\n") == std::string::npos;
    }

    bool shape() {
        if (!take('(')) return false;
        while (!take(')')) {
            skip_blanks();
            std::int64_t size = 0;
            auto [end, status] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
            if (status != std::errc{} || size < 0 || header_.shape.size() == kMaxAxes) return false;
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            take('L');  // as Python 2 wrote long integers
            header_.shape.push_back(size);
            if (!take(',') && !at(')')) return false;
        }
        return true;
    }

    std::string_view rest_;
    Header header_;
    bool has_descr_ = false;
    bool has_order_ = false;
    bool has_shape_ = false;
};

struct ElementCode {
    DType dtype;
    bool swapped = false;
};

Result<ElementCode> element_code(const std::string& descr) {
    if (descr.starts_with("|O") || descr == "O") {
        return npy_error("the elements are pickled Python objects, which are never loaded",
                         "convert the array first, for example with x.astype('float64')");
    }
    auto unsupported = [&] {
        return npy_error("element type '" + descr + "' has no counterpart in Dunlin",
                         "the types are bool, i8 to i64, u8 to u64, f32 and f64");
    };
    if (descr.size() != 3) return unsupported();
    int bytes = descr[2] - '0';
    std::string name;
    if (descr[1] == 'b' && bytes == 1)
        name = "bool";
    else if (std::strchr("iuf", descr[1]) && bytes >= 1 && bytes <= 8)
        name = descr[1] + std::to_string(8 * bytes);
    auto dtype = dtype_named(name);
    if (!dtype || !std::strchr("<>|=", descr[0])) return unsupported();
    return ElementCode{*dtype, descr[0] == '>' && bytes > 1};
}

// Where the header begins and ends in the file.
struct HeaderPlace {
    std::size_t begin = 0;
    std::size_t end = 0;
};

Result<HeaderPlace> find_header(std::span<const std::byte> bytes) {
    if (bytes.empty()) return npy_error("the file is empty");
    std::size_t compared = std::min(bytes.size(), kMagic.size());
    if (std::memcmp(bytes.data(), kMagic.data(), compared) != 0)
        return npy_error("not a .npy file: it does not begin with the text \\x93NUMPY");
    auto torn = [] { return npy_error("the file is cut short within its header"); };
    if (bytes.size() < kMagic.size() + 4) return torn();
    int version = std::to_integer<int>(bytes[kMagic.size()]);
    if (version < 1 || version > 3)
        return npy_error("version " + std::to_string(version) +
                         " of .npy is not known; 1, 2 and 3 are");
    std::size_t length_bytes = version == 1 ? 2 : 4;
    HeaderPlace place;
    place.begin = kMagic.size() + 2 + length_bytes;
    if (bytes.size() < place.begin) return torn();
    std::size_t length = 0;
    for (std::size_t k = length_bytes; k-- > 0;)
        length = length << 8 | std::to_integer<std::size_t>(bytes[kMagic.size() + 2 + k]);
    if (length > bytes.size() - place.begin) return torn();
    place.end = place.begin + length;
    return place;
}

std::vector<std::int64_t> fortran_strides(const Type& type) {
    std::vector<std::int64_t> strides;
    std::int64_t stride = size_of(type.dtype);
    for (std::int64_t size : type.shape) {
        strides.push_back(stride);
        stride *= size;
    }
    return strides;
}

}  // namespace

Result<Array> parse_npy(std::span<const std::byte> bytes) {
    auto place = find_header(bytes);
    if (!place) return place.error();
    const char* text = reinterpret_cast<const char*>(bytes.data());
    auto header = HeaderParser({text + place->begin, place->end - place->begin}).parse();
    if (!header) return header.error();
    auto code = element_code(header->descr);
    if (!code) return code.error();

    Type type{code->dtype, header->shape};
    // Strides are products of sizes too, so that these must not overflow even when another size is
    // zero.
    Shape without_zeros = type.shape;
    std::erase(without_zeros, 0);
    auto count = ir::checked_count(type.shape);
    if (!count || !ir::checked_count(without_zeros))
        return npy_error("the shape " + ir::to_string(type.shape) + " is too large");
    auto held = static_cast<std::int64_t>(bytes.size() - place->end);
    if (*count > held / size_of(type.dtype)) {
        return npy_error("the file is cut short: " + to_string(type) + " needs " +
                         std::to_string(*count * size_of(type.dtype)) + " bytes, " +
                         std::to_string(held) + " are there");
    }
    Array array = Array::over(type.dtype, bytes.data() + place->end, type.shape);
    if (header->fortran_order && *count > 0) array.strides = fortran_strides(type);
    array.swapped = code->swapped;
    return array;
}

std::string npy_header(const Type& type) {
    std::string descr = "'" + std::string(size_of(type.dtype) == 1 ? "|" : "<");
    std::string name(name_of(type.dtype));
    descr += type.dtype == DType::Bool ? "b1" : name[0] + std::to_string(size_of(type.dtype));
    std::string shape = "(";
    for (std::size_t axis = 0; axis < type.shape.size(); ++axis) {
        if (axis > 0) shape += ", ";
        shape += std::to_string(type.shape[axis]);
    }
    shape += type.shape.size() == 1 ? ",)" : ")";
    std::string dictionary =
        "{'descr': " + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";

    constexpr std::size_t kBefore = 10;  // magic, version, length
    std::size_t padding = kAlignment - (kBefore + dictionary.size() + 1) % kAlignment;
    dictionary += std::string(padding % kAlignment, ' ') + "\n";
    std::string header(kMagic);
    header += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff),
               static_cast<char>(dictionary.size() >> 8)};
    return header + dictionary;
}

}  // namespace dunlin::runtime
