// Built-in functions (private to the checker). One object checks one call.
//
// Arguments are matched against the parameter text of builtins.def; then the family, or the
// function's own rule, says what becomes of them: check_builtin.cpp has the families and the facts
// known at load, check_builtin_shape.cpp creation and shapes, check_builtin_reduce.cpp reductions,
// scans and sorting, check_builtin_batch.cpp random numbers and collectives.
#pragma once

#include <string>
#include <vector>

#include "frontend/checker.hpp"

namespace dunlin::frontend {

class BuiltinChecker {
  public:
    BuiltinChecker(Checker& checker, Builtin builtin, ir::Span span);

    Value call(std::vector<Value> positional, std::vector<std::pair<ast::Name, Value>> named);

  private:
    // --- arguments
    bool match(std::vector<Value> positional, std::vector<std::pair<ast::Name, Value>> named);
    bool wrong_count(std::size_t given);
    bool has(std::string_view name) const;
    Value& argument(std::string_view name);
    Value array_argument(std::string_view name);
    std::optional<std::int64_t> integer_argument(std::string_view name, std::int64_t fallback);
    std::optional<bool> bool_argument(std::string_view name, bool fallback);
    std::optional<ir::DType> dtype_argument(ir::DType fallback);
    bool take_dtype_from_rest();
    std::optional<ir::Shape> shape_argument(std::string_view name);
    // Axes counted from the end made plain; nothing after an error.
    std::optional<std::int64_t> axis_argument(std::string_view name, std::size_t rank,
                                              std::int64_t fallback);
    std::optional<std::vector<std::int64_t>> axes_argument(std::size_t rank);
    std::optional<std::int64_t> plain_axis(std::int64_t axis, std::size_t rank, ir::Span span);
    std::optional<std::vector<std::int64_t>> integers_of(const Value& value,
                                                         const std::string& what);
    Value complain(ir::Code code, ir::Span span, std::string message, std::string label = {},
                   std::string help = {});

    // --- families
    Value special();
    Value elementwise();
    Value convert_to_type();
    bool accepts(const Value& value);

    // --- facts known at load
    Value fact();
    Value integer(std::int64_t value);

    Value where();
    Value zeros_or_ones(bool ones);
    Value full();
    Value arange();
    Value reshape();
    Value transpose();
    Value broadcast_to();
    Value concat(bool stacked);
    Value take();
    Value reduce();
    Value keep_dims(Value reduced, const ir::Shape& shape, const std::vector<std::int64_t>& axes);
    Value scan();
    Value order();
    Value random();
    Value random_floats(ir::DType dtype, const ir::Shape& shape);
    Value fresh_bits(ir::DType dtype, const ir::Shape& shape);
    Value collective();

    Checker& checker_;
    Builtin builtin_;
    const BuiltinInfo& info_;
    ir::Span span_;
    std::vector<std::string> names_;
    std::vector<Value> values_;  // one per name; Nothing where not given
    std::vector<Value> rest_;
};

}  // namespace dunlin::frontend
