// Statements with blocks: choices and loops, and how they are left.
#include <utility>

#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

bool Writer::try_statement(Block& into) {
    struct Kind {
        int weight;
        bool (Writer::*make)(Block& into);
    };
    static const std::vector<Kind> kKinds = {
        {30, &Writer::new_name},
        {6, &Writer::typed_name},
        {20, &Writer::assign},
        {14, &Writer::compound},
        {16, &Writer::update},
        {7, &Writer::masked_update},
        {5, &Writer::several},
        {4, &Writer::swap},
        {5, &Writer::call_for_several},
        {5, &Writer::call_statement},
        {5, &Writer::print},
        {4, &Writer::assertion},
        {1, &Writer::fail},
        {8, &Writer::output},
        {12, &Writer::choice},
        {4, &Writer::choice_that_assigns},
        {8, &Writer::for_range},
        {5, &Writer::for_array},
        {5, &Writer::while_counted},
        {4, &Writer::while_true},
        {7, &Writer::leave},
        {2, &Writer::halt},
        {6, &Writer::early_return},
        {8, &Writer::common_for_a_while},
        {5, &Writer::slide},
    };
    static const std::vector<int> kWeights = [] {
        std::vector<int> weights;
        for (const Kind& kind : kKinds) weights.push_back(kind.weight);
        return weights;
    }();
    return (this->*kKinds[choices_.weighted(kWeights)].make)(into);
}

bool Writer::statement(Block& into) {
    if (work_left_ <= 0) return false;
    for (int attempt = 0; attempt < 8; ++attempt)
        if (try_statement(into)) return true;
    return new_name(into);
}

// A block has names of its own, as far as this generator goes: what is first assigned inside is not
// read behind it.
Block Writer::block(const Place& place, int statements) {
    Place outer = std::exchange(place_, place);
    std::size_t known = names_.size();
    Block made;
    for (int k = 0; k < statements; ++k) statement(made);
    names_.resize(known);
    place_ = outer;
    return made;
}

Place Writer::inside(bool uniform_condition) const {
    Place place = place_;
    place.top_level = false;
    place.together = place_.together && uniform_condition;
    ++place.depth;
    return place;
}

// Inside a loop. VMs may leave it apart from each other only when they need not meet in it.
Place Writer::loop_place(bool uniform, std::int64_t repeats) {
    Place place = inside(uniform && choices_.percent(70));
    place.in_loop = true;
    place.may_leave = !place.together;
    place.may_continue = true;
    place.repeats *= std::max<std::int64_t>(1, repeats);
    return place;
}

bool Writer::choice(Block& into) {
    if (place_.depth >= 3) return false;
    bool uniform = meets_ && place_.together && choices_.percent(50);
    Type boolean{DType::Bool, {}};
    Statement made{"if $0 $b0", {}, {}, "if", {}};
    made.parts.push_back(uniform ? uniform_expression(boolean) : condition());
    int statements = static_cast<int>(choices_.between(1, 3));
    made.blocks.push_back(block(inside(uniform), statements));
    if (choices_.once_in(4)) {
        made.text += " elif $1 $b1";
        made.feature = "elif";
        bool outer = std::exchange(alone_, alone_ || !uniform);
        made.parts.push_back(uniform ? uniform_expression(boolean) : condition());
        alone_ = outer;
        made.blocks.push_back(block(inside(uniform), 1));
    }
    if (choices_.percent(50)) {
        made.text += " else $b" + std::to_string(made.blocks.size());
        made.blocks.push_back(block(inside(uniform), static_cast<int>(choices_.between(1, 2))));
        if (made.feature == "if") made.feature = "else";
    }
    into.push_back(std::move(made));
    return true;
}

// A name that both branches give a value can be read behind them.
bool Writer::choice_that_assigns(Block& into) {
    if (place_.depth >= 3) return false;
    Type type = some_type();
    Name name{fresh("v"), type, false, false, true};
    Statement made{"if $0 $b0 else $b1", {condition()}, {}, "name from both branches", {}};
    for (int branch = 0; branch < 2; ++branch) {
        Place outer = std::exchange(place_, inside(false));
        std::size_t known = names_.size();
        Block body;
        if (choices_.percent(50)) statement(body);
        body.push_back({name.text + " = $0", {expression(type)}, {}, "assignment", {name.text}});
        names_.resize(known);
        place_ = outer;
        made.blocks.push_back(std::move(body));
    }
    into.push_back(std::move(made));
    names_.push_back(std::move(name));
    return true;
}

bool Writer::for_range(Block& into) {
    if (place_.depth >= 3 || place_.repeats > 60) return false;
    std::int64_t turns = choices_.between(0, 5);
    DType dtype = program_.int_type;
    std::string variable = fresh("i");
    Statement made{"", {}, {}, "for over a range", {variable}};
    bool uniform = true;
    switch (choices_.below(3)) {
        case 0: made.text = "for " + variable + " in 0..#" + std::to_string(turns) + " $b0"; break;
        case 1: {
            dtype = some_integer();
            std::string name = dtype_text(dtype);
            made.text = "for " + variable + " in " + name + "(1).." + name + "(" +
                        std::to_string(1 + turns) + ") $b0";
            break;
        }
        default: {
            uniform = meets_ && place_.together && choices_.percent(50);
            for (int k = 0; k < 2; ++k)
                made.parts.push_back(uniform ? uniform_expression({dtype, {}})
                                             : expression({dtype, {}}, 1));
            made.text = "for " + variable + " in $0 % 3..2 + $1 % 4 $b0";
            made.feature = "for over a range found while running";
            turns = 3;
            break;
        }
    }
    Place place = loop_place(uniform, turns);
    std::size_t known = names_.size();
    names_.push_back({variable, {dtype, {}}, true, place.together, !meets_});
    made.blocks.push_back(block(place, static_cast<int>(choices_.between(1, 4))));
    names_.resize(known);
    into.push_back(std::move(made));
    return true;
}

bool Writer::for_array(Block& into) {
    if (place_.depth >= 3) return false;
    Type type = some_type();
    if (type.shape.empty()) type.shape = {choices_.between(1, 6)};
    if (type.shape[0] * place_.repeats > 200 || type.shape[0] > 20) return false;
    std::string variable = fresh("r");
    Statement made{"", {expression(type)}, {}, "for over an array", {variable}};
    made.text = "for " + variable + " in $0 $b0";
    std::size_t known = names_.size();
    names_.push_back({variable,
                      {type.dtype, Shape(type.shape.begin() + 1, type.shape.end())},
                      true,
                      false,
                      true});
    // There are as many turns in all VMs, whatever the elements are.
    made.blocks.push_back(
        block(loop_place(true, type.shape[0]), static_cast<int>(choices_.between(1, 3))));
    names_.resize(known);
    into.push_back(std::move(made));
    return true;
}

// A loop with a counter, so that it ends.
bool Writer::while_counted(Block& into) {
    if (place_.depth >= 3 || place_.repeats > 60) return false;
    std::int64_t turns = choices_.between(1, 6);
    bool uniform = meets_ && place_.together && choices_.percent(60);
    Place place = loop_place(uniform, turns);
    std::string counter = fresh("c");
    std::size_t known = names_.size();
    names_.push_back({counter, {program_.int_type, {}}, true, place.together, false});
    Statement made{
        counter + " = 0\nwhile " + counter + " < " + std::to_string(turns) + " and $0 $b0",
        {},
        {},
        "while",
        {counter}};
    Place outer = std::exchange(place_, place);
    Type boolean{DType::Bool, {}};
    made.parts.push_back(uniform ? uniform_expression(boolean) : condition());
    place_ = outer;
    Statement count{counter + " += 1", {}, {}, "+=", {counter}, true};
    Block body = block(place, static_cast<int>(choices_.between(1, 4)));
    body.insert(body.begin(), std::move(count));
    made.blocks.push_back(std::move(body));
    names_.resize(known);
    names_.push_back({counter, {program_.int_type, {}}, true, false, false});
    into.push_back(std::move(made));
    return true;
}

bool Writer::while_true(Block& into) {
    if (place_.depth >= 3 || place_.repeats > 60) return false;
    std::int64_t turns = choices_.between(1, 5);
    bool uniform = meets_ && place_.together && choices_.percent(60);
    Place place = loop_place(uniform, turns);
    std::string counter = fresh("c");
    std::size_t known = names_.size();
    names_.push_back({counter, {program_.int_type, {}}, true, place.together, false});
    Statement made{counter + " = 0\nwhile true $b0", {}, {}, "while true", {counter}};
    Statement count{counter + " += 1", {}, {}, "+=", {counter}, true};
    Statement last{
        "if " + counter + " > " + std::to_string(turns) + " or $0 $b0", {}, {}, "if", {}, true};
    Place outer = std::exchange(place_, place);
    Type boolean{DType::Bool, {}};
    last.parts.push_back(place.together ? uniform_expression(boolean) : condition());
    place_ = outer;
    last.blocks.push_back({Statement{"break", {}, {}, "break", {}, true}});
    // A `continue` must not go round the way out.
    bool first = choices_.percent(50);
    place.may_continue = first;
    Block body = block(place, static_cast<int>(choices_.between(1, 4)));
    body.insert(first ? body.begin() : body.end(), std::move(last));
    body.insert(body.begin(), std::move(count));
    made.blocks.push_back(std::move(body));
    names_.resize(known);
    names_.push_back({counter, {program_.int_type, {}}, true, false, false});
    into.push_back(std::move(made));
    return true;
}

// if ... { break }, perhaps after something else.
bool Writer::leave(Block& into) {
    if (!place_.in_loop || (!place_.may_leave && !place_.together)) return false;
    Type boolean{DType::Bool, {}};
    Statement made{"if $0 $b0", {}, {}, "if", {}};
    made.parts.push_back(place_.may_leave ? condition() : uniform_expression(boolean));
    Block body;
    if (choices_.once_in(3)) body = block(inside(!place_.may_leave), 1);
    std::string word = place_.may_continue ? choices_.one_of({"break", "continue"}) : "break";
    body.push_back({word, {}, {}, word, {}});
    made.blocks.push_back(std::move(body));
    into.push_back(std::move(made));
    return true;
}

bool Writer::halt(Block& into) {
    Statement made{"if $0 $b0", {rare_condition()}, {}, "if", {}};
    Block body;
    if (choices_.once_in(3)) body = block(inside(false), 1);
    body.push_back({"halt", {}, {}, "halt", {}});
    made.blocks.push_back(std::move(body));
    into.push_back(std::move(made));
    return true;
}

bool Writer::early_return(Block& into) {
    if (place_.results == nullptr || !place_.may_return) return false;
    Statement made{"if $0 $b0", {condition()}, {}, "if", {}};
    made.blocks.push_back({return_statement(*place_.results)});
    into.push_back(std::move(made));
    return true;
}

}  // namespace dunlin::random_programs
