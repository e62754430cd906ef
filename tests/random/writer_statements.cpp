// Statements without blocks: assignments in all their forms, prints, asserts.
#include <algorithm>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

std::vector<const Name*> Writer::assignable(bool arrays_only) const {
    return readable([&](const Name& name) {
        return name.assignable && (!name.uniform || place_.together) &&
               (!arrays_only || !name.type.shape.empty());
    });
}

// A new name: of its own type, or with the type said.
bool Writer::new_name(Block& into) {
    Type type = some_type();
    bool uniform = meets_ && place_.together && choices_.once_in(3);
    Expression value = uniform ? uniform_expression(type) : expression(type);
    spend(count_of(type.shape));
    Name name{fresh("v"), type, value.moves, uniform && value.uniform, true};
    into.push_back({name.text + " = $0", {std::move(value)}, {}, "assignment", {name.text}});
    names_.push_back(std::move(name));
    return true;
}

bool Writer::typed_name(Block& into) {
    Type type = some_type();
    Type given{narrower(type.dtype), operand_shapes(type.shape, 2)[1]};
    Expression value = expression(given);
    spend(count_of(type.shape));
    Name name{fresh("v"), type, value.moves, false, true};
    into.push_back({name.text + ": " + type_text(type) + " = $w0",
                    {std::move(value)},
                    {},
                    "assignment with a type",
                    {name.text}});
    names_.push_back(std::move(name));
    return true;
}

bool Writer::assign(Block& into) {
    auto names = assignable(false);
    if (names.empty()) return false;
    const Name& name = *choices_.one_of(names);
    std::string text = name.text;
    Type type = name.type;
    Expression value =
        name.uniform ? uniform_expression(type) : expression({narrower(type.dtype), type.shape});
    spend(count_of(type.shape));
    into.push_back({text + " = $w0", {std::move(value)}, {}, "assignment again", {text}});
    return true;
}

std::string Writer::compound_operator(DType dtype) {
    if (dtype == DType::Bool) return choices_.one_of({"&=", "|=", "^="});
    if (is_float(dtype) && choices_.percent(30)) return choices_.one_of({"/=", "//=", "%=", "**="});
    if (is_integer(dtype) && choices_.percent(50))
        return choices_.one_of({"&=", "|=", "^=", "<<=", ">>=", "//=", "%=", "**="});
    return choices_.one_of({"+=", "-=", "*="});
}

// How the right side of a compound assignment is written, so that it seldom faults or overflows.
static std::string right_side(const std::string& symbol, DType dtype, bool open) {
    if (is_float(dtype) && symbol == "**=") return "2";
    if (is_float(dtype) && (symbol == "/=" || symbol == "//=" || symbol == "%="))
        return "1.5 + abs($0)";
    if (symbol == "//=" || symbol == "%=") return open ? "$0" : "$0 | 1";
    if (symbol == "**=") return open ? "$0" : "$0 & 3";
    return symbol == "<<=" || symbol == ">>=" ? "$0 & 15" : "$w0";
}

bool Writer::compound(Block& into) {
    auto names = assignable(false);
    if (names.empty()) return false;
    const Name name = *choices_.one_of(names);
    std::string symbol = compound_operator(name.type.dtype);
    Type type{
        is_float(name.type.dtype) && symbol != "+=" ? name.type.dtype : narrower(name.type.dtype),
        operand_shapes(name.type.shape, 2)[1]};
    Expression value = name.uniform ? uniform_expression(type) : expression(type);
    spend(count_of(name.type.shape));
    std::string text =
        name.text + " " + symbol + " " + right_side(symbol, name.type.dtype, value.moves && risk());
    into.push_back({text, {std::move(value)}, {}, symbol, {name.text}});
    return true;
}

bool Writer::update(Block& into) {
    auto names = assignable(true);
    names.erase(
        std::remove_if(names.begin(), names.end(), [](const Name* name) { return name->uniform; }),
        names.end());
    if (names.empty()) return false;
    const Name name = *choices_.one_of(names);
    std::vector<Subscript> subscripts = place_in(name.type.shape);
    Shape shape;
    std::size_t taken = subscripts.size();
    for (const Subscript& subscript : subscripts)
        shape.insert(shape.end(), subscript.kept.begin(), subscript.kept.end());
    shape.insert(shape.end(), name.type.shape.begin() + static_cast<std::ptrdiff_t>(taken),
                 name.type.shape.end());
    spend(count_of(name.type.shape));
    std::string symbol = choices_.percent(50) ? compound_operator(name.type.dtype) : "=";
    bool same = is_float(name.type.dtype) && symbol != "+=" && symbol != "=";
    Type type{same ? name.type.dtype : narrower(name.type.dtype), operand_shapes(shape, 2)[1]};
    std::vector<Expression> parts = {expression(type)};
    std::string right =
        symbol == "=" ? "$w0" : right_side(symbol, name.type.dtype, parts[0].moves && risk());
    std::string place = join(std::move(subscripts), parts);
    bool arrays = std::any_of(parts.begin() + 1, parts.end(),
                              [](const Expression& part) { return !part.type.shape.empty(); });
    into.push_back(
        {name.text + "[" + place + "] " + symbol + " " + right,
         std::move(parts),
         {},
         std::string(arrays ? "scatter" : "update") + (symbol == "=" ? "" : ", compound"),
         {name.text}});
    return true;
}

// A part of an array, two elements shorter along each axis, at one of the three places where it
// fits; what is written is the middle more often.
std::string Writer::slid(const std::string& name, const Shape& shape, bool written) {
    std::string text;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        static const char* const kPlaces[] = {"1:-1", ":-2", "2:"};
        const bool middle = written && choices_.percent(70);
        text += std::string(text.empty() ? "" : ", ") + kPlaces[middle ? 0 : choices_.below(3)];
    }
    return name + "[" + text + "]";
}

// An array updated from its own neighbours, as heat spreads in a plate.
bool Writer::slide(Block& into) {
    Shape shape{static_cast<std::int64_t>(3 + choices_.below(30))};
    while (shape.size() < 3 && choices_.percent(60))
        shape.push_back(static_cast<std::int64_t>(3 + choices_.below(shape.size() == 1 ? 20 : 4)));
    const std::int64_t count = count_of(shape);
    const Type type{choices_.percent(50) ? DType::F64 : DType::I32, shape};
    Name name{fresh("v"), type, false, false, true};
    spend(4 * count);
    std::string sizes;
    for (std::int64_t size : shape) sizes += ", " + std::to_string(size);
    into.push_back({name.text + " = reshape(" + (type.dtype == DType::F64 ? "f64" : "i32") +
                        "(arange(" + std::to_string(count) + ") * 37 % 101)" + sizes + ")",
                    {},
                    {},
                    "assignment",
                    {name.text}});
    const auto updates = 1 + choices_.below(3);
    for (std::size_t k = 0; k < updates; ++k) {
        std::string right = slid(name.text, shape, false);
        const auto terms = choices_.below(3);
        for (std::size_t term = 0; term < terms; ++term)
            right += (choices_.percent(50) ? " - " : " + ") + slid(name.text, shape, false);
        into.push_back({slid(name.text, shape, true) + " = " + right,
                        {},
                        {},
                        "update from neighbours",
                        {name.text}});
    }
    names_.push_back(std::move(name));
    return true;
}

bool Writer::masked_update(Block& into) {
    auto names = assignable(true);
    names.erase(
        std::remove_if(names.begin(), names.end(), [](const Name* name) { return name->uniform; }),
        names.end());
    if (names.empty()) return false;
    const Name name = *choices_.one_of(names);
    const Shape& whole = name.type.shape;
    auto axes = static_cast<std::ptrdiff_t>(1 + choices_.below(whole.size()));
    Expression mask = expression({DType::Bool, Shape(whole.begin(), whole.begin() + axes)});
    std::string symbol = choices_.percent(40) ? compound_operator(name.type.dtype) : "=";
    bool same = is_float(name.type.dtype) && symbol != "+=" && symbol != "=";
    Expression value = expression(
        {same ? name.type.dtype : narrower(name.type.dtype), operand_shapes(whole, 2)[1]});
    spend(2 * count_of(whole));
    std::string right =
        symbol == "=" ? "$w0" : right_side(symbol, name.type.dtype, value.moves && risk());
    into.push_back({name.text + "[$1] " + symbol + " " + right,
                    {std::move(value), std::move(mask)},
                    {},
                    symbol == "=" ? "masked update" : "masked update, compound",
                    {name.text}});
    return true;
}

// Several names at once, from several values.
bool Writer::several(Block& into) {
    Type first = some_type();
    Type second = some_type();
    std::vector<Expression> parts;
    std::string right;
    std::string feature = "several values";
    bool division = first.dtype != DType::Bool && choices_.percent(40);
    if (division) {
        second = first;
        parts = {expression(first), expression(first)};
        right = is_float(first.dtype) ? "divmod($0, 1.5 + abs($1))" : "divmod($0, $1 | 1)";
        feature = "divmod";
    } else if (choices_.once_in(4) && first.shape.size() == 1 && first.shape[0] > 0) {
        std::int64_t k = choices_.between(1, first.shape[0]);
        second = {program_.int_type, {k}};
        parts = {expression(first)};
        right = "top_k($0, #" + std::to_string(k) + ")";
        first.shape = {k};
        feature = "top_k";
    } else {
        parts = {expression(first), expression(second)};
        right = choices_.percent(50) ? "$0, $1" : "($0, $1)";
    }
    Name a{fresh("v"), first, false, false, true};
    Name b{fresh("v"), second, false, false, true};
    into.push_back(
        {a.text + ", " + b.text + " = " + right, std::move(parts), {}, feature, {a.text, b.text}});
    names_.push_back(std::move(a));
    names_.push_back(std::move(b));
    return true;
}

// a, b = b, a    also of elements
bool Writer::swap(Block& into) {
    auto names = assignable(false);
    const Name one = names.empty() ? Name{} : *choices_.one_of(names);
    if (names.empty() || one.uniform) return false;
    names.erase(std::remove_if(names.begin(), names.end(),
                               [&](const Name* name) {
                                   return name->type != one.type || name->text == one.text ||
                                          name->uniform;
                               }),
                names.end());
    if (!names.empty()) {
        const Name& other = *choices_.one_of(names);
        into.push_back({one.text + ", " + other.text + " = " + other.text + ", " + one.text,
                        {},
                        {},
                        "swap",
                        {one.text, other.text}});
        return true;
    }
    if (one.type.shape.size() != 1 || one.type.shape[0] == 0) return false;
    std::int64_t size = one.type.shape[0];
    std::vector<Expression> parts = {index_in(size, {}, program_.int_type)};
    std::string last = std::to_string(size - 1);
    const std::string& v = one.text;
    into.push_back({v + "[$0], " + v + "[" + last + "] = " + v + "[" + last + "], " + v + "[$0]",
                    std::move(parts),
                    {},
                    "swap of elements",
                    {v}});
    return true;
}

bool Writer::print(Block& into) {
    if (place_.repeats > 6) return false;
    std::vector<Expression> parts = {expression(some_type())};
    std::string text = choices_.percent(50) ? "print $0" : "print \"" + fresh("p") + "\", $0";
    if (choices_.percent(40)) {
        text += ", $1";
        parts.push_back(expression({some_number(), {}}));
    }
    into.push_back({text, std::move(parts), {}, "print", {}});
    return true;
}

// True in a few VMs only, or in none.
Expression Writer::rare_condition() {
    std::string divisor = std::to_string(choices_.one_of({7, 11, 5, 17}));
    std::string rest = std::to_string(choices_.between(1, 4));
    Type boolean{DType::Bool, {}};
    if (choices_.percent(60))
        return node(boolean, "(vm_id % " + divisor + " == " + rest + ")", {}, "vm_id");
    if (choices_.percent(50))
        return node(boolean, "(($0 + vm_id) % " + divisor + " == " + rest + ")",
                    {expression({program_.int_type, {}})}, "vm_id");
    return node(boolean, "($0 and vm_id % 3 == 1)", {condition()}, "vm_id");
}

bool Writer::assertion(Block& into) {
    if (!risky_ && choices_.percent(80)) return false;
    std::string message = choices_.percent(50) ? ", \"" + fresh("why") + "\"" : "";
    Expression condition = rare_condition();
    condition.uniform = false;
    into.push_back({"assert not $0" + message, {std::move(condition)}, {}, "assert", {}});
    return true;
}

bool Writer::fail(Block& into) {
    if (!risky_ && choices_.percent(80)) return false;
    Statement fails{"fail \"" + fresh("why") + "\"", {}, {}, "fail", {}};
    into.push_back({"if $0 $b0", {rare_condition()}, {{std::move(fails)}}, "if", {}});
    return true;
}

// Declared with its type or without; with a type, it may begin as zero.
bool Writer::output(Block& into) {
    if (!place_.top_level) return false;
    Type type = some_type();
    std::string name = fresh("y");
    std::string said = choices_.percent(50) ? ": " + type_text(type) : "";
    bool silent = !said.empty() && choices_.once_in(8);
    Statement made{"output " + name + said + (silent ? "" : " = $0"), {}, {}, "output", {name}};
    bool moves = silent;
    if (!silent) {
        made.parts.push_back(expression(type));
        moves = made.parts[0].moves;
    }
    into.push_back(std::move(made));
    names_.push_back({name, type, moves, false, true});
    return true;
}

}  // namespace dunlin::random_programs
