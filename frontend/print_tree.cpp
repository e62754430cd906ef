// A statement is a line, a block is indented, an expression is written in prefix form, in which
// nothing is left to precedence:
//
//     s += dt * k[1:]        assign s += (* dt (index k 1:))
#include <charconv>

#include "frontend/parse.hpp"

namespace dunlin::frontend {

namespace {

using namespace ast;

std::string text_of_float(double value) {
    char digits[32];
    auto result = std::to_chars(digits, digits + sizeof digits, value);
    std::string text(digits, result.ptr);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (char c : text) {
        if (c == '\n')
            result += "\\n";
        else if (c == '\t')
            result += "\\t";
        else if (c == '"' || c == '\\')
            result += std::string("\\") + c;
        else
            result += c;
    }
    return result + "\"";
}

// Prints expressions in prefix form.
struct Printer {
    std::string text;

    void expr(const ExprPtr& e) { std::visit(*this, e->node); }
    void after_space(const ExprPtr& e) {
        text += ' ';
        expr(e);
    }
    void all(const std::vector<ExprPtr>& items) {
        for (const ExprPtr& item : items) after_space(item);
    }
    void spaced(const std::vector<ExprPtr>& items) {
        for (const ExprPtr& item : items) {
            if (&item != &items.front()) text += ' ';
            expr(item);
        }
    }

    void operator()(const IntegerLiteral& e) {
        text += (e.negative ? "-" : "") + std::to_string(e.value);
    }
    void operator()(const FloatLiteral& e) { text += text_of_float(e.value); }
    void operator()(const BoolLiteral& e) { text += e.value ? "true" : "false"; }
    void operator()(const TextLiteral& e) { text += quoted(e.text); }
    void operator()(const NoneLiteral&) { text += "None"; }
    void operator()(const Identifier& e) { text += e.name; }
    void operator()(const Member& e) {
        text += "(.";
        after_space(e.object);
        text += " " + e.name.text + ")";
    }
    void operator()(const Unary& e) {
        text += "(" + std::string(ast::text_of(e.op));
        after_space(e.operand);
        text += ')';
    }
    void operator()(const Binary& e) {
        text += "(" + std::string(ast::text_of(e.op));
        after_space(e.left);
        after_space(e.right);
        text += ')';
    }
    void operator()(const Conditional& e) {
        text += "(if";
        after_space(e.condition);
        after_space(e.then);
        after_space(e.otherwise);
        text += ')';
    }
    void operator()(const Call& e) {
        text += "(call";
        after_space(e.callee);
        for (const Argument& argument : e.arguments) {
            text += argument.name ? " " + argument.name->text + "=" : " ";
            expr(argument.value);
        }
        text += ')';
    }
    void operator()(const Subscript& e) {
        if (!e.is_slice) return expr(e.index);
        if (e.start) expr(e.start);
        text += ':';
        if (e.stop) expr(e.stop);
        if (e.step) {
            text += ':';
            expr(e.step);
        }
    }
    void operator()(const Index& e) {
        text += "(index";
        after_space(e.base);
        for (const Subscript& subscript : e.subscripts) {
            text += ' ';
            (*this)(subscript);
        }
        text += ')';
    }
    void operator()(const ArrayLiteral& e) {
        text += '[';
        spaced(e.items);
        text += ']';
    }
    void operator()(const Comprehension& e) {
        text += '[';
        expr(e.body);
        for (const Generator& generator : e.generators) {
            text += " for " + generator.variable.text + " in";
            after_space(generator.source);
        }
        text += ']';
    }
    void operator()(const Lambda& e) {
        text += "(=> (";
        for (const Name& parameter : e.parameters)
            text += (&parameter == &e.parameters.front() ? "" : " ") + parameter.text;
        text += ')';
        after_space(e.body);
        text += ')';
    }
    void operator()(const OperatorFunction& e) {
        text += "(" + std::string(ast::text_of(e.op)) + ")";
    }
    void operator()(const Tuple& e) {
        text += "(tuple";
        all(e.items);
        text += ')';
    }
};

std::string text_of(const ExprPtr& expr) {
    Printer printer;
    printer.expr(expr);
    return printer.text;
}

std::string text_of(const std::optional<TypeName>& type) {
    if (!type) return {};
    Printer printer{": " + type->element.text};
    if (!type->sizes.empty()) {
        printer.text += '[';
        printer.spaced(type->sizes);
        printer.text += ']';
    }
    return printer.text;
}

std::string value_text(const ExprPtr& value) {
    return value ? " = " + text_of(value) : std::string();
}

std::string text_of(const Parameter& parameter) {
    return parameter.name.text + (parameter.rest ? "..." : "") + text_of(parameter.type) +
           value_text(parameter.default_value);
}

struct StatementPrinter {
    std::string text;
    int indent = 0;

    void line(const std::string& words) { text += std::string(2 * indent, ' ') + words + "\n"; }
    void block(const Block& statements) {
        ++indent;
        for (const auto& statement : statements) std::visit(*this, statement->node);
        --indent;
    }

    void operator()(const Assign& s) {
        std::string words = "assign";
        for (const ExprPtr& target : s.targets) words += " " + text_of(target);
        words += text_of(s.type) + " ";
        if (s.op) words += ast::text_of(*s.op);
        line(words + "= " + text_of(s.value));
    }
    void operator()(const If& s) {
        for (const IfBranch& branch : s.branches) {
            line((&branch == &s.branches.front() ? "if " : "elif ") + text_of(branch.condition));
            block(branch.body);
        }
        if (s.otherwise.empty()) return;
        line("else");
        block(s.otherwise);
    }
    void operator()(const While& s) {
        line("while " + text_of(s.condition));
        block(s.body);
    }
    void operator()(const For& s) {
        line("for " + s.variable.text + " in " + text_of(s.source));
        block(s.body);
    }
    void operator()(const Break&) { line("break"); }
    void operator()(const Continue&) { line("continue"); }
    void operator()(const Return& s) { line(s.value ? "return " + text_of(s.value) : "return"); }
    void operator()(const Halt&) { line("halt"); }
    void operator()(const Assert& s) {
        line("assert " + text_of(s.condition) + (s.message ? ", " + quoted(*s.message) : ""));
    }
    void operator()(const Fail& s) { line("fail " + quoted(s.message)); }
    void operator()(const Print& s) {
        Printer printer{"print"};
        printer.all(s.items);
        line(printer.text);
    }
    void operator()(const Function& s) {
        for (std::size_t at = 0; at < s.doc.size();) {
            std::size_t end = std::min(s.doc.find('\n', at), s.doc.size());
            line("# " + s.doc.substr(at, end - at));
            at = end + 1;
        }
        std::string words = "fn " + s.name.text + "(";
        for (const Parameter& parameter : s.parameters)
            words += (&parameter == &s.parameters.front() ? "" : ", ") + text_of(parameter);
        line(words + ")" + value_text(s.expression));
        block(s.body);
    }
    void operator()(const Test& s) {
        line("test " + quoted(s.name));
        block(s.body);
    }
    void operator()(const Import& s) {
        line("import " + (s.is_path ? quoted(s.target.text) : s.target.text));
    }
    void operator()(const Declaration& s) {
        static constexpr const char* kWords[] = {"param ", "input ", "shared ", "state ",
                                                 "output "};
        line(kWords[static_cast<std::size_t>(s.kind)] + s.name.text + text_of(s.type) +
             value_text(s.value));
    }
    void operator()(const ExpressionStatement& s) { line("expression " + text_of(s.value)); }
};

}  // namespace

std::string print_tree(const Block& statements) {
    StatementPrinter printer;
    printer.indent = -1;
    printer.block(statements);
    return printer.text;
}

}  // namespace dunlin::frontend
