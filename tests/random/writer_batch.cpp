// Random numbers, what a VM knows of the batch, and how VMs meet.
#include <algorithm>
#include <utility>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

Writer::Made Writer::random_numbers(const Type& type, int) {
    if (uniform_only_) return {};
    bool bits = type.dtype == DType::U32 || type.dtype == DType::U64;
    if (!bits && !is_float(type.dtype)) return {};
    spend(10 * count_of(type.shape));
    std::string name = bits ? "random_bits" : "rand";
    std::string sizes = sizes_text(type.shape);
    std::string text = name + "(" + sizes + (sizes.empty() ? "" : ", ") +
                       "dtype = " + std::string(name_of(type.dtype)) + ")";
    if (type.dtype == program_.float_type && choices_.percent(70)) text = name + "(" + sizes + ")";
    Expression made = node(type, text, {}, name);
    made.moves = true;
    made.uniform = false;
    return made;
}

// What a VM knows of the batch, and of its arrays.
Writer::Made Writer::batch_fact(const Type& type, int) {
    if (type != Type{program_.int_type, {}}) return {};
    if (choices_.once_in(3)) {
        auto arrays = readable([](const Name& name) { return !name.type.shape.empty(); });
        if (arrays.empty()) return {};
        std::string name = choices_.one_of({"len", "size", "rank", "bit_width", "shape"});
        std::string last = name == "shape" ? "[-1]" : "";
        Expression known = node(type, name + "($0)" + last, {read(*choices_.one_of(arrays))}, name);
        known.moves = false;
        return known;
    }
    bool count = uniform_only_ || choices_.once_in(4);
    Expression made = node(type, count ? "vm_count" : "vm_id", {}, count ? "vm_count" : "vm_id");
    made.moves = true;
    made.uniform = count;
    return made;
}

Writer::Made Writer::collective(const Type& type, int depth) {
    if (!meets_ || !place_.together || alone_) return {};
    spend(5 * count_of(type.shape));
    bool adds = type.dtype != DType::Bool &&
                !(is_integer(type.dtype) && size_of(type.dtype) < size_of(program_.int_type));
    std::vector<std::string> names = {"batch_min", "batch_max"};
    if (type.dtype == DType::Bool) names = {"batch_any", "batch_all", "batch_min"};
    if (adds) names.insert(names.end(), {"batch_sum", "batch_sum", "batch_scan"});
    if (type.dtype == program_.int_type)
        names.insert(names.end(), {"batch_argmin", "batch_argmax"});
    std::string name = choices_.one_of(names);
    if (uniform_only_ && name == "batch_scan") return {};
    DType dtype = name.starts_with("batch_arg") ? some_dtype() : type.dtype;
    if (type.dtype == program_.int_type && (name == "batch_sum" || name == "batch_scan") &&
        choices_.once_in(4))
        dtype = choices_.one_of({DType::Bool, DType::I8, DType::U16});
    bool outer = std::exchange(uniform_only_, false);
    Expression operand = expression({dtype, type.shape}, depth);
    uniform_only_ = outer;
    Expression made = node(type, name + "($0)", {std::move(operand)}, name);
    made.moves = true;
    made.uniform = name != "batch_scan";
    return made;
}

// Who all ask the same VM get the same answer.
Expression Writer::get_from_batch(Expression value, Expression from) {
    bool common = from.uniform;
    const char* text = from.moves && risk() ? "batch_get($0, $1)" : "batch_get($0, $1 % vm_count)";
    Type type = value.type;
    Expression made = node(type, text, {std::move(value), std::move(from)},
                           common ? "batch_get of one VM" : "batch_get");
    made.moves = true;
    made.uniform = common;
    return made;
}

Writer::Made Writer::pick_from_batch(const Type& type, int depth) {
    if (!meets_ || !place_.together || alone_) return {};
    spend(5 * count_of(type.shape));
    Type number{program_.int_type, {}};
    bool common = std::exchange(uniform_only_, false);
    Expression value = expression(type, depth);
    uniform_only_ = common;
    if (common) return get_from_batch(std::move(value), uniform_expression(number));
    Expression made;
    switch (choices_.below(3)) {
        case 0: return get_from_batch(std::move(value), expression(number, 1));
        case 1:
            made = node(type, choices_.once_in(3) ? "batch_shift($0)" : "batch_shift($0, $1)",
                        {std::move(value), expression(number, 1)}, "batch_shift");
            break;
        default:
            made = node(type, "batch_sort($0, $1)",
                        {expression({some_dtype(), {}}, depth), std::move(value)}, "batch_sort");
            break;
    }
    made.moves = true;
    made.uniform = false;
    return made;
}

// ---- A name that VMs share for a while

Expression Writer::own_number(DType dtype) {
    Expression id = node({program_.int_type, {}}, "vm_id", {}, "vm_id");
    id.moves = true;
    id.uniform = false;
    return with_dtype(std::move(id), dtype);
}

// What all VMs get when they meet over a name.
Statement Writer::make_common(const std::string& name, const Type& type) {
    bool adds = is_float(type.dtype) || size_of(type.dtype) >= size_of(program_.int_type);
    Statement made{"", {}, {}, "common for a while", {name}};
    switch (choices_.below(4)) {
        case 0: made.text = name + " = batch_max(" + name + ")"; break;
        case 1:
            made.text = name + " = batch_get(" + name + ", $0 % vm_count)";
            made.parts.push_back(uniform_expression({program_.int_type, {}}));
            break;
        case 2:
            made.text = name + " = $0";
            made.parts.push_back(uniform_expression(type));
            break;
        default: made.text = name + " = " + (adds ? "batch_sum(" : "batch_min(") + name + ")";
    }
    return made;
}

// Where a branch of all VMs, or a loop that they go through together, hangs on the name.
Statement Writer::while_common(const std::string& name, const Type& type) {
    Expression common = node(type, name, {}, "");
    common.reads = name;
    common.moves = true;
    const char* symbol = choices_.one_of({">", "<", "!=", "=="});
    Statement made{"if $0 $b0 else $b1", {}, {}, "if on a common name", {}};
    made.parts.push_back(node({DType::Bool, {}}, std::string("($0 ") + symbol + " $w1)",
                              {std::move(common), number(type.dtype)}, ""));
    if (place_.repeats > 60 || choices_.percent(60)) {
        made.blocks.push_back(block(inside(true), static_cast<int>(choices_.between(1, 3))));
        made.blocks.push_back(block(inside(true), static_cast<int>(choices_.between(0, 1))));
        return made;
    }
    std::string counter = fresh("c");
    made.text = counter + " = 0\nwhile " + counter + " < 3 and $0 $b0";
    made.feature = "while on a common name";
    made.assigns = {counter};
    std::size_t known = names_.size();
    Place place = loop_place(true, 3);
    names_.push_back({counter, {program_.int_type, {}}, true, place.together, false});
    Block body = block(place, static_cast<int>(choices_.between(1, 3)));
    body.insert(body.begin(), Statement{counter + " += 1", {}, {}, "+=", {counter}, true});
    names_.resize(known);
    made.blocks.push_back(std::move(body));
    return made;
}

// A name that differs between VMs; they meet over it, go on as it says, and then it differs again:
//   x = batch_sum(x)
//   if x > 3 { ... }
//   x += vm_id
bool Writer::common_for_a_while(Block& into) {
    if (!meets_ || !place_.together || place_.depth >= 3) return false;
    auto names = assignable(false);
    names.erase(std::remove_if(names.begin(), names.end(),
                               [](const Name* name) {
                                   return name->uniform || !name->type.shape.empty() ||
                                          name->type.dtype == DType::Bool;
                               }),
                names.end());
    if (names.empty() || choices_.percent(30)) {
        Type type{some_number(), {}};
        Name name{fresh("v"), type, true, false, true};
        into.push_back(
            {name.text + " = $0", {own_number(type.dtype)}, {}, "assignment", {name.text}});
        names_.push_back(std::move(name));
        names = {&names_.back()};
    }
    const auto index = static_cast<std::size_t>(choices_.one_of(names) - names_.data());
    const std::string text = names_[index].text;
    const Type type = names_[index].type;
    spend(20);
    into.push_back(make_common(text, type));
    names_[index].uniform = true;
    for (std::int64_t k = choices_.between(0, 1); k > 0; --k) statement(into);
    into.push_back(while_common(text, type));
    names_[index].uniform = false;
    if (choices_.percent(70))
        into.push_back({text + " += $0", {own_number(type.dtype)}, {}, "+=", {text}});
    else
        into.push_back({text + " = $w0", {expression(type)}, {}, "assignment again", {text}});
    return true;
}

}  // namespace dunlin::random_programs
