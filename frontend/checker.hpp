// The checker, shared by the check_*.cpp files (private to them). One object checks one program.
//
//   check.cpp             the program: declarations, tests, modules' constants
//   check_statement.cpp   statements
//   check_assign.cpp      assignment in all its forms
//   check_expression.cpp  literals, names, operators, arrays, comprehensions
//   check_operator.cpp    operators on values
//   check_convert.cpp     how element types and shapes meet
//   check_index.cpp       indices and slices, read and written
//   check_call.cpp        calls: which function, and which argument is for which parameter
//   check_instance.cpp    instances: a function's body for given arguments
//   check_builtin.cpp     built-in functions by family; check_builtin_*.cpp those with rules of
//   their own
//
// Functions are checked when they are called, once for each combination of argument types,
// constants and functions (an Instance). While one is checked, `frame_` is its state, `scope_` the
// innermost scope, `out_` the block that receives statements. A Value of kind Nothing means that an
// error has been reported; it spreads silently.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "frontend/check.hpp"
#include "frontend/value.hpp"

namespace dunlin::frontend {

// What a name stands for.
struct Binding {
    checked::Variable* variable = nullptr;  // null for a constant parameter
    std::optional<ir::Constant> constant;   // a load-time constant
    bool weak = false;
    std::optional<FunctionValue> function;
    const char* read_only = nullptr;  // "a param", "an input", ...
};

struct Frame;

struct Scope {
    Scope* parent = nullptr;
    Module* module = nullptr;
    Frame* frame = nullptr;
    std::map<std::string, Binding> names;
};

// A `return` whose values are converted when all returns of the function are known.
struct PendingReturn {
    checked::Statement* statement = nullptr;
    std::vector<Value> values;
    bool conditional = false;  // stands under a condition or in a loop
    ir::Span span;
};

// The state of one instance while it is checked.
struct Frame {
    checked::Instance* instance = nullptr;
    const NameTable* names = nullptr;  // what the function assigns
    std::vector<PendingReturn> returns;
    int depth = 0;             // of blocks under conditions and loops
    bool has_effects = false;  // prints, faults on purpose, draws, meets others, loops
};

// An instance that has been checked, and what a call of it gives.
struct CheckedInstance {
    checked::Instance* instance = nullptr;
    std::vector<ir::Type> results;
    std::optional<ir::Constant> constant;  // of a single result
    bool weak = false;
    bool has_effects = false;  // without any, a constant result stands for the call
    bool failed = false;
};

class Checker {
  public:
    Checker(ModuleSet& modules, const ir::SourceMap& sources, const CompileOptions& options,
            Reporter& reporter);

    void check_program(Module& module);
    void check_test(Module& module, const ast::Test& test);
    CheckResult take();

  private:
    friend class BuiltinChecker;

    // --- messages (check.cpp)
    void error(ir::Code code, ir::Span span, std::string message, std::string label = {},
               std::string help = {});
    Value nothing() { return {}; }
    // "a is f64[64], b is f64[32]", in the words of the program where they are short.
    std::string describe_sides(const Value& left, const Value& right) const;

    // --- the program (check.cpp)
    void start_main(Module& module, const NameTable& names);
    void check_options(const Module& module);
    void declaration(const ast::Declaration& node, ir::Span span);
    void param_declaration(const ast::Declaration& node);
    void bind_param(const ast::Declaration& node, ir::Constant constant, bool bound);
    void port_declaration(const ast::Declaration& node, ir::Span span, PortKind kind);
    Binding* module_constant(Module& module, const std::string& name, ir::Span use);
    Scope& module_scope(Module& module);

    // --- statements (check_statement.cpp); they return whether what follows can be reached
    bool block(const ast::Block& statements);
    bool statement(const ast::Statement& statement);
    bool if_statement(const ast::If& node, ir::Span span);
    bool if_branch(const ast::If& node, std::size_t index, ir::Span span);
    bool while_statement(const ast::While& node, ir::Span span);
    void for_statement(const ast::For& node, ir::Span span);
    void return_statement(const ast::Return& node, ir::Span span);
    void assert_statement(const ast::Assert& node, ir::Span span);
    void print_statement(const ast::Print& node, ir::Span span);
    void expression_statement(const ast::ExpressionStatement& node, ir::Span span);
    Value condition(const ast::Expr& expr);
    std::optional<checked::Loop> loop_over(const ast::Expr& source, bool in_comprehension,
                                           ir::Type& variable_type);
    template <typename What>
    checked::Statement& emit(ir::Span span, What what) {
        out_->push_back(
            std::make_unique<checked::Statement>(checked::Statement{span, std::move(what)}));
        return *out_->back();
    }
    bool nested(checked::Block& into, const ast::Block& statements);
    // Statements whose condition or loop was in error. They are kept, since the returns among them
    // are still looked at.
    void discard(checked::Block statements) { discarded_.push_back(std::move(statements)); }

    // --- assignment (check_assign.cpp)
    void assignment(const ast::Assign& node, ir::Span span);
    void assign_name(const std::string& name, ir::Span name_span, Value value, ir::Span span);
    void bind_new_name(const std::string& name, ir::Span name_span, Value value, ir::Span span);
    void assign_typed(const ast::Assign& node, ir::Span span);
    void assign_compound(const ast::Assign& node, ir::Span span);
    void assign_several(const ast::Assign& node, ir::Span span);
    void assign_results(const ast::Assign& node, Value results, ir::Span span);
    void assign_target(const ast::Expr& target, Value value, ir::Span span);
    void probe_target(const ast::Expr& target, ir::Span span);
    void store(checked::Variable* target, Value value, ir::Span span);
    checked::Variable* assignable(const std::string& name, ir::Span span);
    std::optional<Value> fit_to(Value value, const ir::Type& type, ir::Span span,
                                const std::string& what, bool may_broadcast);
    checked::Variable* new_variable(const std::string& name, ir::Type type, ir::Span span,
                                    ir::Storage storage = ir::Storage::Local);
    checked::Variable* hidden_variable(const ir::Type& type, ir::Span span);
    Value hold(Value value);  // evaluates into a hidden variable, unless it can be copied as it is
    Value read(checked::Variable* variable, ir::Span span);

    // --- expressions (check_expression.cpp)
    Value expression(const ast::Expr& expr);
    Value expression_here(const ast::Expr& expr);
    Value array(const ast::Expr& expr);  // an expression that must be a single array value
    Value single(Value value);           // complains of functions, tuples and several results
    Value integer_literal(const ast::IntegerLiteral& node, ir::Span span);
    Value identifier(const std::string& name, ir::Span span);
    Value builtin_name(BuiltinName name, ir::Span span);
    Value member(const ast::Member& node, ir::Span span);
    Value unary(const ast::Unary& node, ir::Span span);
    Value logical(const ast::Binary& node, ir::Span span);
    Value conditional(const ast::Conditional& node, ir::Span span);
    Value array_literal(const ast::ArrayLiteral& node, ir::Span span);
    Value array_of(std::vector<Value> rows, ir::Span span);
    Value constant_rows(const std::vector<Value>& rows, const ir::Type& type, bool weak,
                        ir::Span span);
    Value comprehension(const ast::Comprehension& node, ir::Span span);
    Value range(Value start, Value stop, ir::Span span);
    Binding* lookup(const std::string& name, ir::Span span);
    Value bound_value(const Binding& binding, ir::Span span);
    std::optional<FunctionValue> find_function(const std::string& name);

    // --- operators on values (check_operator.cpp)
    Value binary(ast::BinaryOp op, Value left, Value right, ir::Span span);
    Value arithmetic(ir::Op op, Value left, Value right, ir::Span span, std::string_view symbol);
    Value comparison(ast::BinaryOp op, Value left, Value right, ir::Span span);
    Value bitwise(ast::BinaryOp op, Value left, Value right, ir::Span span);
    Value power(Value base, Value exponent, ir::Span span);
    Value small_power(Value base, std::int64_t exponent, ir::Span span);
    Value matrix_product(Value left, Value right, ir::Span span);
    Value negate(Value operand, ir::Span span);
    Value complement(Value operand, ir::Span span);
    Value logical_not(Value operand, ir::Span span);

    // --- how types meet (check_convert.cpp)
    // The type that two numbers have in common; reports what does not fit.
    struct Meeting {
        ir::DType dtype;
        bool weak;
    };
    std::optional<Meeting> meet(const Value& left, const Value& right, ir::Span span,
                                std::string_view symbol);
    Value convert(Value value, ir::DType dtype);  // weak literals adopt, others get a Convert
    Value adopt(Value literal, ir::DType dtype);
    Value materialise(Value value);  // weak literals become int or float
    Value to_float(Value value);     // integers (and bool) to the program's float type
    std::optional<ir::Shape> broadcast_shapes(const std::vector<const Value*>& values,
                                              ir::Span span);
    Value broadcast_value(Value value, const ir::Shape& shape, ir::Span span);
    bool fits_in_memory(const ir::Type& type, ir::Span span);
    // An operation on operands of the right types; computes it at once when all are constants.
    Value operation(ir::Op op, std::vector<Value> operands, const ir::Type& result, ir::Span span,
                    std::vector<std::int64_t> attributes = {}, bool weak = false);
    Value with_let(Value value, const std::function<Value(Value)>& body);

    // --- indices (check_index.cpp)
    struct IndexPlan;
    Value index(const ast::Index& node, ir::Span span);
    std::optional<IndexPlan> plan_index(const ast::Index& node, const ir::Shape& shape,
                                        bool hold_operands);
    bool plan_subscript(IndexPlan& plan, const ast::Subscript& subscript, const ir::Shape& shape,
                        bool hold_operands);
    bool plan_slice(IndexPlan& plan, const ast::Subscript& subscript, std::int64_t size,
                    bool hold_operands);
    bool plan_moving_slice(IndexPlan& plan, const ast::Subscript& subscript, bool hold_operands);
    bool plan_value(IndexPlan& plan, Value value, std::int64_t size, bool hold_operands);
    Value read_planned(Value base, IndexPlan& plan, ir::Span span);
    Value view_of(Value base, IndexPlan& plan, ir::Span span);
    void assign_indexed(const ast::Index& target, std::optional<ast::BinaryOp> op, Value value,
                        ir::Span span);
    Value replaced(Value base, IndexPlan& plan, Value value, ir::Span span);
    bool assign_masked(const ast::Index& target, checked::Variable* variable,
                       std::optional<ast::BinaryOp> op, Value& value, ir::Span span);
    std::optional<std::int64_t> constant_integer(const ast::Expr& expr);

    // --- types as written (check_convert.cpp)
    std::optional<ir::DType> element_type(const ast::Name& name);
    std::optional<ir::Type> type_of(const ast::TypeName& name);

    // --- calls (check_call.cpp, check_instance.cpp)
    struct Arguments {
        std::vector<Value> positional;
        std::vector<std::pair<ast::Name, Value>> named;
    };
    Value call(const ast::Call& node, ir::Span span);
    std::optional<Arguments> arguments(const ast::Call& node);
    Value call_function(const FunctionValue& function, Arguments arguments, ir::Span span);
    Value call_user(const FunctionRef& function, Arguments arguments, ir::Span span);
    Value call_lambda(const FunctionValue& function, Arguments arguments, ir::Span span);
    Value call_operator(ast::BinaryOp op, Arguments arguments, ir::Span span);
    std::optional<std::vector<Value>> match_parameters(const ast::Function& function,
                                                       Module& module, Arguments arguments,
                                                       ir::Span span);
    Value default_value(const ast::Parameter& parameter, Module& module);
    Value fit_annotation(const ast::Parameter& parameter, Value value, Module& module);
    Value pack(std::vector<Value> items, ir::Span span);
    void wrong_count(const std::string& name, const std::string& signature, std::size_t given,
                     ir::Span span);

    // What is called: everything that its instances have in common.
    struct Callee {
        std::string name;
        std::string identity;  // tells it from every other callee
        ir::Span declared;
        std::vector<std::string> parameters;
        const NameTable* assigned = nullptr;  // the names that its body assigns
        Scope* parent = nullptr;
        std::function<bool()> bind_sizes;  // names of sizes in annotations; false after an error
        const ast::Expr* expression = nullptr;
        const ast::Block* body = nullptr;
    };
    Value call_instance(const Callee& callee, std::vector<Value> values, ir::Span span);
    CheckedInstance instantiate(const Callee& callee, std::vector<Value>& values);
    bool check_body(const Callee& callee);
    bool prepare_argument(Value& value, bool assigned);
    void bind_parameter(const std::string& name, const Value& value, bool assigned,
                        ir::Span declared);
    bool bind_sizes(const ast::Function& function);
    void finish_returns(CheckedInstance& result, const Callee& callee, bool end_reachable);
    bool unify_returns(std::vector<PendingReturn>& returns, CheckedInstance& result,
                       const Callee& callee);
    std::string key_of(const Value& value) const;
    const NameTable& names_assigned_by(const ast::Function& function);

    // --- state
    ModuleSet& modules_;
    const ir::SourceMap& sources_;
    const CompileOptions& options_;
    Reporter& reporter_;
    checked::Program program_;
    std::vector<ParamInfo> params_;
    std::vector<checked::Block> discarded_;
    std::deque<Scope> scopes_;
    std::deque<Frame> frames_;
    std::deque<NameTable> name_tables_;
    std::map<const ast::Function*, const NameTable*> table_of_;
    std::map<const Module*, Scope*> module_scopes_;
    std::map<std::string, CheckedInstance> instances_;
    std::vector<std::pair<std::string, ir::Span>>
        call_stack_;  // what is being checked, and where it is called
    std::set<std::pair<const Module*, std::string>> evaluating_;  // module constants under way
    std::set<std::pair<const Frame*, std::string>>
        unassigned_;  // names whose early reading has been reported
    Module* main_module_ = nullptr;
    bool in_test_ = false;
    Scope* scope_ = nullptr;
    Frame* frame_ = nullptr;
    checked::Block* out_ = nullptr;
    int comprehension_depth_ = 0;
    int nesting_ = 0;  // of expressions, through calls
};

}  // namespace dunlin::frontend
