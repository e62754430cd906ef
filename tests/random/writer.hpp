// The generator from inside. One Writer writes one program, from the first line to the last, and
// knows at each place which names can be read and assigned there.
//
// Expressions are made from the top: the type is given, and what has it is chosen. Each way to come
// by a type is a production. A production that does not apply gives nothing, and another is tried.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/random/choices.hpp"
#include "tests/random/program.hpp"

namespace dunlin::random_programs {

// A variable that can be read. `moves` and `uniform` are as in an Expression.
struct Name {
    std::string text;
    Type type;
    bool moves = true;
    bool uniform = false;  // also in what is assigned later
    bool assignable = false;
};

struct UserFunction {
    std::string name;
    std::vector<Name> parameters;
    std::vector<Type> results;
    std::int64_t work = 0;  // of one call
    bool meets = false;     // it has collectives
    bool last_may_be_left_out = false;
};

// What holds where a statement stands.
struct Place {
    bool top_level = false;
    bool together = false;  // all VMs come here together
    bool in_loop = false;
    bool may_leave = false;  // a break or continue may stand under any condition
    bool may_continue = true;
    bool may_return = false;                     // under any condition
    const std::vector<Type>* results = nullptr;  // of the function
    std::int64_t repeats = 1;                    // how often a VM comes here, about
    int depth = 0;
};

// Part of an index: of the source array, it takes an axis of size `source` (none for None), and
// leaves axes of the sizes `kept`.
struct Subscript {
    std::string text;                // "$" stands for the part
    std::optional<Expression> part;  // what is found while running
    std::optional<std::int64_t> source;
    Shape kept;
};

class Writer {
  public:
    explicit Writer(Choices& choices) : choices_(choices) {}
    RandomProgram write();

  private:
    using Made = std::optional<Expression>;
    struct Production {
        int weight;
        Made (Writer::*make)(const Type& type, int depth);
    };

    // The program (writer_program.cpp).
    void choose_profile();
    void choose_types();
    void choose_run();
    void params();
    void ports();
    void states();
    void last_outputs();
    void functions_to_the_end();

    // Functions (writer_functions.cpp).
    void function();
    Block function_body(UserFunction& made);
    Statement return_statement(const std::vector<Type>& results);
    Made call_with_arguments(const UserFunction& function, int depth);
    bool may_call(const UserFunction& function) const;

    // Statements (writer_statements.cpp, writer_flow.cpp).
    Block block(const Place& place, int statements);
    bool statement(Block& into);
    bool try_statement(Block& into);
    bool new_name(Block& into);
    bool typed_name(Block& into);
    bool assign(Block& into);
    bool compound(Block& into);
    bool update(Block& into);
    bool masked_update(Block& into);
    bool several(Block& into);
    bool swap(Block& into);
    bool call_for_several(Block& into);
    bool call_statement(Block& into);
    bool print(Block& into);
    bool assertion(Block& into);
    bool fail(Block& into);
    bool output(Block& into);
    bool choice(Block& into);
    bool choice_that_assigns(Block& into);
    bool for_range(Block& into);
    bool for_array(Block& into);
    bool while_counted(Block& into);
    bool while_true(Block& into);
    bool leave(Block& into);
    bool halt(Block& into);
    bool early_return(Block& into);
    Place inside(bool uniform_condition) const;
    Place loop_place(bool uniform, std::int64_t repeats);
    std::string compound_operator(DType dtype);
    Expression rare_condition();

    // Expressions (writer_expressions.cpp): any; the simplest.
    Expression expression(const Type& type, int depth);
    Expression expression(const Type& type) { return expression(type, expression_depth_); }
    Expression uniform_expression(const Type& type);
    Expression leaf(const Type& type);
    Expression constant(const Type& type);
    Expression number(DType dtype);
    Expression condition();
    Made read(const Type& type);
    Expression read(const Name& name);
    Expression adapt(Expression from, const Type& type);
    Expression with_shape(Expression from, const Shape& shape);
    Expression with_dtype(Expression from, DType dtype);

    // Element by element (writer_elementwise.cpp).
    Made arithmetic(const Type& type, int depth);
    Made division(const Type& type, int depth);
    Made power(const Type& type, int depth);
    Made bits(const Type& type, int depth);
    Made bit_function(const Type& type, int depth);
    Made sign_or_not(const Type& type, int depth);
    Made number_function(const Type& type, int depth);
    Made float_function(const Type& type, int depth);
    Made float_function_of_two(const Type& type, int depth);
    Made comparison(const Type& type, int depth);
    Made float_test(const Type& type, int depth);
    Made logical(const Type& type, int depth);
    Made where(const Type& type, int depth);
    Made conditional(const Type& type, int depth);
    Made conversion(const Type& type, int depth);

    // Arrays (writer_arrays.cpp, writer_indices.cpp).
    Made reduction(const Type& type, int depth);
    Made index_reduction(const Type& type, int depth);
    Made scan(const Type& type, int depth);
    Made sorting(const Type& type, int depth);
    Made matrix_product(const Type& type, int depth);
    Made transpose(const Type& type, int depth);
    Made reshape(const Type& type, int depth);
    Made broadcast(const Type& type, int depth);
    Made concatenation(const Type& type, int depth);
    Made rows(const Type& type, int depth);
    Made indexed(const Type& type, int depth);
    Made take(const Type& type, int depth);
    Made comprehension(const Type& type, int depth);

    // Calls (writer_calls.cpp).
    Made user_call(const Type& type, int depth);
    Made library_call(const Type& type, int depth);
    Made with_lambda(const Type& type, int depth);
    Made one_row_at_a_time(const Type& type, int depth);
    Made rows_to_one(const Type& type, int depth);
    struct Lambda {
        std::string head;  // "(a1, a2) => $0"
        Expression body;
    };
    Lambda lambda(const std::vector<Type>& parameters, const Type& result, std::int64_t calls,
                  int depth);
    std::string function_of_two(DType dtype);

    // The batch (writer_batch.cpp).
    Made random_numbers(const Type& type, int depth);
    Made batch_fact(const Type& type, int depth);
    Made collective(const Type& type, int depth);
    Made pick_from_batch(const Type& type, int depth);
    Expression get_from_batch(Expression value, Expression from);
    Expression own_number(DType dtype);
    Statement make_common(const std::string& name, const Type& type);
    Statement while_common(const std::string& name, const Type& type);
    bool common_for_a_while(Block& into);
    bool slide(Block& into);
    std::string slid(const std::string& name, const Shape& shape, bool written);

    // Indices.
    Expression index_in(std::int64_t size, const Shape& shape, DType dtype);
    DType index_dtype(std::int64_t size);
    Subscript moving_slice(std::int64_t size, std::int64_t room, std::int64_t step);
    Subscript kept_axis(std::int64_t size);
    Subscript dropped_axis();
    std::vector<Subscript> index_arrays(const Shape& shape);
    Subscript place_in_axis(std::int64_t size);
    std::vector<Subscript> place_in(const Shape& shape);
    std::string join(std::vector<Subscript> subscripts, std::vector<Expression>& parts);

    // Types and shapes (writer_types.cpp).
    std::int64_t some_size();
    Shape some_shape(std::size_t rank);
    Type some_type();
    DType some_dtype();
    DType some_number();
    DType some_integer();
    DType some_float();
    DType some_of_kind(bool floats);
    DType narrower(DType dtype);
    std::vector<Shape> operand_shapes(const Shape& shape, std::size_t operands);
    bool fits(const Shape& shape) const { return count_of(shape) <= largest_; }
    std::string size_text(std::int64_t size);
    std::string sizes_text(const Shape& shape);  // "#2, #3"
    std::string shape_text(const Shape& shape);  // "(#2, #3)", or "#2"
    std::string type_text(const Type& type);
    std::string dtype_text(DType dtype);

    Expression node(const Type& type, std::string text, std::vector<Expression> parts,
                    std::string feature);
    std::string fresh(const char* prefix) { return prefix + std::to_string(++fresh_[prefix]); }
    bool risk() { return risky_ && choices_.once_in(5); }
    void spend(std::int64_t work) { work_left_ -= work * place_.repeats; }
    std::vector<const Name*> readable(const std::function<bool(const Name&)>& wanted) const;
    std::vector<const Name*> assignable(bool arrays_only) const;

    Choices& choices_;
    RandomProgram program_;
    std::vector<Name> names_;  // that can be read here
    std::vector<UserFunction> functions_;
    Place place_;
    std::map<std::string, int> fresh_;
    std::vector<std::pair<std::string, std::int64_t>> sizes_by_name_;

    std::vector<DType> numbers_;       // that this program uses, the usual ones several times
    std::vector<std::int64_t> sizes_;  // that its arrays have
    std::vector<Type> types_;          // that its names have, mostly
    std::int64_t largest_ = 64;        // elements of an array
    std::int64_t work_left_ = 0;
    int expression_depth_ = 3;
    bool risky_ = false;         // may do what may fault
    bool tame_ = true;           // keeps floats in bounds
    bool meets_ = false;         // has collectives
    bool stats_ = false;         // imports this module of the library
    bool uniform_only_ = false;  // this expression must be the same in all VMs
    bool alone_ = false;         // this expression is not evaluated by all VMs
};

}  // namespace dunlin::random_programs
