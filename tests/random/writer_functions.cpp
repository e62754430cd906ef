// Functions of the program, and calls of them.
#include <algorithm>
#include <utility>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

Statement Writer::return_statement(const std::vector<Type>& results) {
    Statement made{"return", {}, {}, results.size() > 1 ? "return of several" : "return", {}};
    for (std::size_t k = 0; k < results.size(); ++k) {
        made.text += (k ? ", $" : " $") + std::to_string(k);
        made.parts.push_back(expression(results[k]));
    }
    return made;
}

// A function knows its parameters, and what is declared above all functions.
void Writer::function() {
    UserFunction made{fresh("f"), {}, {}, 0, false};
    std::size_t known = names_.size();
    std::string parameters;
    for (std::int64_t k = choices_.between(0, 3); k > 0; --k) {
        Name parameter{fresh("p"), some_type(), false, false, true};
        parameters += (parameters.empty() ? "" : ", ") + parameter.text;
        if (choices_.once_in(3)) parameters += ": " + type_text(parameter.type);
        names_.push_back(parameter);
        made.parameters.push_back(std::move(parameter));
    }
    if (choices_.once_in(4)) {  // a parameter that may be left out
        Name parameter{fresh("p"), {some_number(), {}}, false, false, true};
        parameters += (parameters.empty() ? "" : ", ") + parameter.text + ": " +
                      type_text(parameter.type) + " = 2";
        names_.push_back(parameter);
        made.parameters.push_back(std::move(parameter));
        made.last_may_be_left_out = true;
    }
    int results = static_cast<int>(choices_.weighted(std::vector<int>{1, 6, 2}));
    for (int k = 0; k < results; ++k) made.results.push_back(some_type());
    made.meets = meets_ && choices_.once_in(3);
    std::int64_t before = work_left_;
    Place outer = std::exchange(place_, Place{});
    place_.results = &made.results;
    place_.together = made.meets;
    place_.may_return = !made.meets;
    place_.repeats = 2;
    Statement written{"fn " + made.name + "(" + parameters + ")", {}, {}, "function", {made.name}};
    if (results == 1 && !made.meets && choices_.percent(40)) {
        written.text += " = $0";
        written.parts.push_back(expression(made.results[0]));
        written.feature = "function of one expression";
    } else {
        written.text += " $b0";
        written.blocks.push_back(function_body(made));
    }
    place_ = outer;
    names_.resize(known);
    made.work = (before - work_left_) / 2;
    program_.statements.push_back(std::move(written));
    functions_.push_back(std::move(made));
}

Block Writer::function_body(UserFunction& made) {
    Block body;
    auto statements = choices_.between(1, 4);
    for (std::int64_t k = 0; k < statements; ++k) statement(body);
    if (made.results.empty()) {
        if (choices_.once_in(4)) print(body);
    } else {
        body.push_back(return_statement(made.results));
        body.back().fixed = true;
    }
    return body;
}

bool Writer::may_call(const UserFunction& function) const {
    if (function.meets && (!place_.together || alone_)) return false;
    return function.work * place_.repeats * 2 < work_left_;
}

// Arguments in their places, or the last ones by name.
Writer::Made Writer::call_with_arguments(const UserFunction& function, int depth) {
    spend(function.work);
    std::size_t count = function.parameters.size();
    if (function.last_may_be_left_out && choices_.percent(50)) --count;
    std::size_t named_from = choices_.once_in(4) ? choices_.below(count + 1) : count;
    std::string text = function.name + "(";
    std::vector<Expression> parts;
    for (std::size_t k = 0; k < count; ++k) {
        if (k > 0) text += ", ";
        if (k >= named_from) text += function.parameters[k].text + " = ";
        text += "$" + std::to_string(k);
        parts.push_back(expression(function.parameters[k].type, depth));
    }
    Type type = function.results.empty() ? Type{} : function.results[0];
    Expression made =
        node(type, text + ")", std::move(parts), named_from < count ? "call by name" : "call");
    made.reads = function.name;
    made.moves = false;
    made.uniform = false;
    return made;
}

bool Writer::call_for_several(Block& into) {
    std::vector<const UserFunction*> fitting;
    for (const UserFunction& function : functions_)
        if (!function.results.empty() && may_call(function)) fitting.push_back(&function);
    if (fitting.empty()) return false;
    const UserFunction& function = *choices_.one_of(fitting);
    Expression call = *call_with_arguments(function, std::min(expression_depth_, 2));
    Statement made{"", {}, {}, "results of a call", {}};
    for (const Type& type : function.results) {
        Name name{fresh("v"), type, false, false, true};
        made.text += (made.text.empty() ? "" : ", ") + name.text;
        made.assigns.push_back(name.text);
        names_.push_back(std::move(name));
    }
    made.text += " = $0";
    made.parts.push_back(std::move(call));
    into.push_back(std::move(made));
    return true;
}

bool Writer::call_statement(Block& into) {
    std::vector<const UserFunction*> fitting;
    for (const UserFunction& function : functions_)
        if (function.results.size() != 1 && may_call(function)) fitting.push_back(&function);
    if (fitting.empty()) return false;
    const UserFunction& function = *choices_.one_of(fitting);
    Expression call = *call_with_arguments(function, std::min(expression_depth_, 2));
    into.push_back({"$0", {std::move(call)}, {}, "call as a statement", {}});
    return true;
}

}  // namespace dunlin::random_programs
