#include "tests/random/edit.hpp"

#include <algorithm>
#include <cctype>

namespace dunlin::random_programs {

namespace {

using Sizes = std::map<std::int64_t, std::int64_t>;

// Changes "#17" into "#4", where 17 becomes 4.
void change_marked(std::string& text, const Sizes& sizes) {
    for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + 1)) {
        std::size_t end = at + 1;
        while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
        auto found = sizes.find(std::atoll(text.c_str() + at + 1));
        if (found != sizes.end()) text.replace(at + 1, end - at - 1, std::to_string(found->second));
    }
}

void change(Shape& shape, const Sizes& sizes) {
    for (std::int64_t& size : shape)
        if (auto found = sizes.find(size); found != sizes.end()) size = found->second;
}

// The elements of the array that remain when each axis is cut to its new size.
std::vector<std::byte> cut(const std::vector<std::byte>& bytes, const Shape& from, const Shape& to,
                           std::size_t element) {
    std::vector<std::byte> result;
    for (std::int64_t k = 0; k < count_of(to); ++k) {
        std::int64_t rest = k;
        std::int64_t at = 0;
        std::int64_t stride = 1;
        for (std::size_t axis = to.size(); axis-- > 0;) {
            at += rest % to[axis] * stride;
            rest /= to[axis];
            stride *= from[axis];
        }
        auto begin = bytes.begin() + at * static_cast<std::ptrdiff_t>(element);
        result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(element));
    }
    return result;
}

void forget(Block& block, const std::set<std::string>& names) {
    block.erase(
        std::remove_if(block.begin(), block.end(),
                       [&](const Statement& statement) {
                           return std::any_of(
                               statement.assigns.begin(), statement.assigns.end(),
                               [&](const std::string& name) { return names.count(name) > 0; });
                       }),
        block.end());
    for (Statement& statement : block)
        for (Block& inner : statement.blocks) forget(inner, names);
}

}  // namespace

Expression plain_value(const Type& type) {
    Expression plain;
    plain.type = type;
    bool boolean = type.dtype == DType::Bool;
    plain.number = type.shape.empty();
    plain.text = boolean ? "true" : is_float(type.dtype) ? "1.0" : "1";
    if (plain.number) return plain;
    std::string sizes;
    for (std::int64_t size : type.shape)
        sizes += (sizes.empty() ? "#" : ", #") + std::to_string(size);
    plain.text = "ones(" + sizes + ", dtype = " + std::string(name_of(type.dtype)) + ")";
    return plain;
}

void forget(RandomProgram& program, const std::set<std::string>& names) {
    if (names.empty()) return;
    forget(program.statements, names);
    for_each_expression(program.statements, [&](Expression& expression) {
        if (names.count(expression.reads) > 0) expression = plain_value(expression.type);
    });
}

std::set<std::int64_t> sizes_in(const RandomProgram& program) {
    std::set<std::int64_t> sizes;
    auto note = [&](const std::string& text) {
        for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + 1))
            sizes.insert(std::atoll(text.c_str() + at + 1));
    };
    Block statements = program.statements;
    for_each_statement(statements, [&](Statement& statement) { note(statement.text); });
    for_each_expression(statements, [&](Expression& expression) { note(expression.text); });
    return sizes;
}

void change_sizes(RandomProgram& program, const Sizes& sizes) {
    for_each_statement(program.statements,
                       [&](Statement& statement) { change_marked(statement.text, sizes); });
    for_each_expression(program.statements, [&](Expression& expression) {
        change_marked(expression.text, sizes);
        change(expression.type.shape, sizes);
    });
    for (Data& data : program.data) {
        Shape before = data.type.shape;
        change(data.type.shape, sizes);
        Shape after = data.type.shape;
        if (data.per_vm) {
            before.insert(before.begin(), program.vms);
            after.insert(after.begin(), program.vms);
        }
        data.bytes =
            cut(data.bytes, before, after, static_cast<std::size_t>(size_of(data.type.dtype)));
    }
}

void keep_vms(RandomProgram& program, std::int64_t first, std::int64_t count) {
    for (Data& data : program.data) {
        if (!data.per_vm) continue;
        auto bytes = static_cast<std::ptrdiff_t>(bytes_of(data.type));
        data.bytes = {data.bytes.begin() + first * bytes,
                      data.bytes.begin() + (first + count) * bytes};
    }
    program.vms = count;
    program.print_vm = std::clamp<std::int64_t>(program.print_vm - first, 0, count - 1);
}

void drop_unused_data(RandomProgram& program) {
    std::set<std::string> names;
    for (const Statement& statement : program.statements)
        names.insert(statement.assigns.begin(), statement.assigns.end());
    program.data.erase(
        std::remove_if(program.data.begin(), program.data.end(),
                       [&](const Data& data) { return names.count(data.name) == 0; }),
        program.data.end());
    for (auto param = program.params.begin(); param != program.params.end();)
        param = names.count(param->first) == 0 ? program.params.erase(param) : std::next(param);
}

}  // namespace dunlin::random_programs
