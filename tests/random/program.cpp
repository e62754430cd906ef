#include "tests/random/program.hpp"

#include <cctype>

namespace dunlin::random_programs {

namespace {

// The number at a place of a text; the place moves behind it.
std::size_t take_number(const std::string& text, std::size_t& at) {
    std::size_t number = 0;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])))
        number = 10 * number + static_cast<std::size_t>(text[at++] - '0');
    return number;
}

class Printer {
  public:
    void print(const Expression& expression, bool bare) {
        bool says_type = expression.number && !bare && expression.type.dtype != DType::Bool;
        if (says_type) text_ += std::string(name_of(expression.type.dtype)) + "(";
        fill(expression.text, expression.parts, nullptr);
        if (says_type) text_ += ")";
    }

    void print(const Block& block) {
        for (const Statement& statement : block) {
            indent();
            fill(statement.text, statement.parts, &statement.blocks);
            text_ += '\n';
        }
    }

    std::string take() { return std::move(text_); }

  private:
    void indent() { text_.append(2 * depth_, ' '); }

    void fill(const std::string& pattern, const std::vector<Expression>& parts,
              const std::vector<Block>* blocks) {
        for (std::size_t at = 0; at < pattern.size();) {
            char c = pattern[at++];
            if (c == '\n') {
                text_ += c;
                indent();
            } else if (c == '$') {
                bool bare = pattern[at] == 'w';
                bool block = pattern[at] == 'b';
                if (bare || block) ++at;
                std::size_t k = take_number(pattern, at);
                if (block)
                    print_in_braces((*blocks)[k]);
                else
                    print(parts[k], bare);
            } else if (c != '#') {
                text_ += c;
            }
        }
    }

    void print_in_braces(const Block& block) {
        constexpr std::string_view kElse = "else ";
        if (block.empty() && text_.ends_with(kElse)) {
            text_.resize(text_.size() - kElse.size() - 1);
            return;
        }
        text_ += "{\n";
        ++depth_;
        print(block);
        --depth_;
        indent();
        text_ += '}';
    }

    std::string text_;
    std::size_t depth_ = 0;
};

}  // namespace

std::int64_t count_of(const Shape& shape) {
    std::int64_t count = 1;
    for (std::int64_t size : shape) count *= size;
    return count;
}

std::int64_t bytes_of(const Type& type) {
    return count_of(type.shape) * size_of(type.dtype);
}

bool is_float(DType dtype) {
    return dtype == DType::F32 || dtype == DType::F64;
}
bool is_integer(DType dtype) {
    return dtype != DType::Bool && !is_float(dtype);
}
bool is_signed(DType dtype) {
    return dtype >= DType::I8 && dtype <= DType::I64;
}

std::string to_text(const Expression& expression, bool bare_number) {
    Printer printer;
    printer.print(expression, bare_number);
    return printer.take();
}

std::string RandomProgram::text() const {
    Printer printer;
    printer.print(statements);
    return printer.take();
}

LoadOptions RandomProgram::load_options() const {
    LoadOptions options;
    options.int_type = int_type;
    options.float_type = float_type;
    options.params = params;
    return options;
}

void for_each_expression(Expression& expression, const std::function<void(Expression&)>& call) {
    call(expression);
    for (Expression& part : expression.parts) for_each_expression(part, call);
}

void for_each_expression(Block& block, const std::function<void(Expression&)>& call) {
    for_each_statement(block, [&](Statement& statement) {
        for (Expression& part : statement.parts) for_each_expression(part, call);
    });
}

void for_each_statement(Block& block, const std::function<void(Statement&)>& call) {
    for (Statement& statement : block) {
        call(statement);
        for (Block& inner : statement.blocks) for_each_statement(inner, call);
    }
}

std::map<std::string, int> count_features(const RandomProgram& program) {
    std::map<std::string, int> features;
    Block statements = program.statements;
    for_each_statement(statements, [&](Statement& statement) { ++features[statement.feature]; });
    for_each_expression(statements, [&](Expression& expression) {
        if (!expression.feature.empty()) ++features[expression.feature];
    });
    return features;
}

std::map<std::string, int> count_words(const RandomProgram& program) {
    std::map<std::string, int> words;
    std::string word;
    for (char c : program.text()) {
        // A point stands in the name of a module's function, and in numbers.
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' ||
            (c == '.' && !word.empty())) {
            word += c;
        } else if (!word.empty()) {
            ++words[word];
            word.clear();
        }
    }
    return words;
}

}  // namespace dunlin::random_programs
