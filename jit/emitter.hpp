// Inside the emitter of kernels whose lanes are VMs. Not for other folders.
//
// One class prints a program; its members stand in the file named after their subject:
//   emit_vm.cpp           the kernel around the program: how VMs begin and end
//   emit_wait.cpp         how they wait for collectives
//   emit_refill.cpp       how lanes take one VM after the other
//   emit_control.cpp      routines, regions, masks, jumps, faults
//   emit_access.cpp       reading and writing slots, walking over elements
//   emit_elementwise.cpp  operations element by element; sources; random bits
//   emit_reduce.cpp       reductions, scans, sorting, products
//   emit_moves.cpp        moves, views, index arrays
//   emit_effect.cpp       print and require
//   emit_groups.cpp       loops whose lanes are elements of arrays
//   emit_delayed.cpp      such loops that update what they read
//   emit_lines.cpp        scans, sorts and searches with lanes that are lines
//   emit_products.cpp     large matrix products with such lanes
//   emit_scans.cpp        such loops that end in a scan
//   emit_rows.cpp         such loops that reduce other axes than the last
//
// Names in the text: S is the meaning of one number, V that of lanes (S again when the width is 1).
// s5 is slot 5 (s5_2 an element of it), m7 the lanes that wait for routine 7, `m` the lanes that
// are in the routine at hand, `live` those whose VM has not ended, `began` those that have one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ir/interpret_memory.hpp"
#include "jit/element_text.hpp"
#include "jit/flow.hpp"
#include "jit/kernel_source.hpp"
#include "jit/places.hpp"
#include "jit/segment.hpp"
#include "jit/split.hpp"
#include "jit/writer.hpp"

namespace dunlin::jit {

// The name of a reduction's rule in the dialect: "Add".
const char* rule_of(ir::Op op);
// Axes that every access passes as one become one, and axes of one element go.
void merge_axes(ir::Shape& shape, std::vector<ir::Strides>& accesses);

// Of what may become a function, about, when nobody says.
inline constexpr std::size_t kLinesOfUnit = 300;

// Lanes of a loop over elements.
inline constexpr std::int64_t kElementLanes = 16;

// The number of an element: known, or the text that computes it.
struct At {
    bool fixed = true;
    std::int64_t number = 0;
    std::string text;

    std::string str() const { return fixed ? std::to_string(number) : text; }
};

inline std::string text_of(std::int64_t number) {
    return std::to_string(number);
}

// A number, or lanes of them, as text.
struct Value {
    std::string text;
    Meaning meaning = Meaning::Scalar;
};

// Where in a walk over the elements of a shape the text stands: a number or the name of a loop's
// counter for each axis.
struct Point {
    std::vector<At> axes;

    // base + the sum of coordinates times strides, in elements.
    At at(const ir::Strides& strides, const At& base = {}) const;
};

// The axes of an array around those that are indexed, as one shape, and the strides that go with
// it.
struct AroundIndices {
    ir::Shape shape;
    ir::Strides array;
    ir::Strides other;  // of the result, or of the value, along these axes
    ir::Strides index;  // of the same along the axes of the index arrays
};

class Emitter {
  public:
    Emitter(const ir::Program& program, const KernelOptions& options);
    KernelSource run();

  private:
    // --- emit_vm.cpp ---
    void find_ports();
    void find_collectives();
    void write_kernel();
    void declare_slots();
    void declare_slot(ir::SlotId slot, bool crosses);
    void declare(const std::string& type, const std::string& name, std::int64_t bytes,
                 bool crosses = true, const std::string& value = {});
    void declare_address(const std::string& type, const std::string& name,
                         const std::string& value);
    void join_functions();
    void write_tile_loop();
    void write_phases();
    void begin_host_array(ir::SlotId id);
    bool needs_zeros(ir::SlotId id) const;
    bool is_written_at_the_end(ir::SlotId id) const;
    void begin_vms();
    void begin_slot(ir::SlotId slot);
    void end_vms();
    void end_slot(ir::SlotId slot);

    // --- emit_wait.cpp ---
    void load_saved(std::size_t phase);
    void store_saved(std::size_t phase);
    void for_each_saved(std::size_t phase,
                        const std::function<void(const SavedSlot& saved, const At& at)>& visit);
    const char* fuel_type() const;
    std::string fuel_place() const;
    std::string load_fuel() const;
    void store_fuel();
    std::string saved_place(const SavedSlot& saved, const std::string& element);

    // --- emit_refill.cpp ---
    void write_refill_loop();

    // --- emit_control.cpp ---
    void write_program();
    bool is_long() const {
        return out_.lines() >=
               (options_.function_lines != 0 ? options_.function_lines : kLinesOfUnit);
    }
    void end_unit();
    void go_on_in_next_unit(bool in_braces);
    void write_together(ir::RoutineId id);
    void write_region(std::size_t number);
    void write_parts(const std::vector<Part>& parts);
    void write_masked(ir::RoutineId id);
    void write_loop(const Part& loop);
    void write_body(ir::RoutineId id);
    void write_jump_together(ir::RoutineId from, ir::RoutineId to);
    void write_branch_together(ir::RoutineId from);
    void write_terminator_masked(ir::RoutineId from);
    void write_end(const std::string& status);
    void write_fuel(const ir::Terminator& terminator);
    void write_counts();
    void write_lane_counts(ir::RoutineId id);
    std::vector<ir::RoutineId> pending_in(const Part& loop) const;
    std::string any_pending(const std::vector<ir::RoutineId>& routines) const;
    // VMs of the mask at hand for which `bad` holds end here.
    void fault(const Value& bad, ir::Fault code, ir::StatementId statement, std::int32_t text);
    std::size_t site(const ir::VmStatus& status, const ir::Instruction* print = nullptr);
    std::string status_word(std::size_t site) const;

    // --- emit_access.cpp ---
    const ir::Type& type_of(ir::SlotId slot) const { return program_.type_of(slot); }
    std::int64_t count_of(ir::SlotId slot) const { return ir::element_count(type_of(slot).shape); }
    Meaning meaning_of(ir::SlotId slot) const;
    std::string name_of(ir::SlotId slot, const At& at) const;
    // A constant whose elements are all the same, such as zeros(1000).
    bool is_filled(ir::SlotId slot) const { return filled_[slot]; }
    void find_filled();
    Value read(ir::SlotId slot, const At& at);
    void write(ir::SlotId slot, const At& at, const Value& value);
    // The text of the value in lanes, or as one number where everything is one.
    std::string in_lanes(const Value& value, ir::DType dtype) const;
    std::string as(const Value& value, Meaning meaning, ir::DType dtype) const;
    Meaning lanes() const { return width_ == 1 ? Meaning::Scalar : Meaning::Lanes; }
    std::string lanes_type(ir::DType dtype) const { return type_text(lanes(), dtype); }
    std::string fresh(const char* stem) { return stem + std::to_string(next_name_++); }
    // A variable that holds the value.
    Value bind(const Value& value, ir::DType dtype);
    Value bind_index(const Value& value, ir::DType dtype);
    // Calls visit for every element of the shape, or prints loops around one call of it. `accesses`
    // are the strides that the visit will ask for; axes that all of them pass as one become one.
    // What is to be stored in the slot, as text: what the host may read holds no NaN but the
    // canonical one.
    std::string for_host(ir::SlotId slot, Meaning meaning, const std::string& text) const;
    void walk(const ir::Shape& shape, std::vector<ir::Strides> accesses, bool unrolled,
              const std::function<void(const Point&, const std::vector<ir::Strides>&)>& visit);
    void count_loop(std::int64_t count, bool unrolled, const std::function<void(const At&)>& visit);
    bool unrolled(const ir::Instruction& instruction) const {
        return is_unrolled(program_, places_, instruction);
    }
    Meaning joint_meaning(const ir::Instruction& instruction) const;

    // --- the instructions ---
    void write_instruction(const ir::Instruction& instruction);
    void write_elementwise(const ir::Instruction& instruction);
    std::string element_operation(const ir::Instruction& instruction, Meaning meaning,
                                  const std::vector<std::string>& operands) const;
    void check_operand(const ir::Instruction& instruction);
    void write_iota(const ir::Instruction& instruction);
    void write_fact(const ir::Instruction& instruction);
    void write_random(const ir::Instruction& instruction);
    void write_reduce(const ir::Instruction& instruction);
    void write_search(const ir::Instruction& instruction);
    void write_scan(const ir::Instruction& instruction);
    void write_sort(const ir::Instruction& instruction);
    void declare_scratch(const std::string& name, ir::DType dtype, std::int64_t count);
    void end_scratch();
    void write_matmul(const ir::Instruction& instruction);
    void write_reshape(const ir::Instruction& instruction);
    void write_transpose(const ir::Instruction& instruction);
    void write_concat(const ir::Instruction& instruction);
    void write_view(const ir::Instruction& instruction);
    void write_update(const ir::Instruction& instruction);
    void write_gather(const ir::Instruction& instruction);
    void write_scatter(const ir::Instruction& instruction);
    void write_print(const ir::Instruction& instruction);
    void write_require(const ir::Instruction& instruction);

    // Where a view begins: what is known, and what moves (in elements, added up).
    struct ViewStart {
        ir::Shape shape;      // of the part
        ir::Strides strides;  // of its axes in the array
        std::int64_t fixed = 0;
        std::optional<Value> moving;  // S::i64 or V::i64
        std::optional<Value> bad;     // lanes whose index is out of range
    };
    ViewStart view_start(const ir::Instruction& instruction, std::size_t first_moving);
    // Index arrays: positions of one element of theirs, in elements of the array.
    struct Indexed {
        std::int64_t outer = 1;
        std::int64_t inner = 1;
        std::int64_t outer_stride = 1;
        std::int64_t places = 1;
        std::size_t arrays = 0;
        ir::Strides strides;
        ir::Shape sizes;
    };
    Indexed indexed_axes(const ir::Instruction& instruction, std::size_t arrays) const;
    void check_indices(const ir::Instruction& instruction, const Indexed& axes);
    Value block_start(const ir::Instruction& instruction, const Indexed& axes, const At& place);
    // --- emit_groups.cpp: lanes are elements ---
    struct Access {
        ir::SlotId slot;
        ir::Strides strides;  // along the axes of the loop, in elements
        std::int64_t fixed = 0;
        std::optional<Value> moving;  // S::i64
    };
    struct LoopOperand {
        bool is_computed = false;  // by an earlier step; else it is read
        std::size_t step = 0;
        std::size_t access = 0;
    };
    struct LoopStep {
        const ir::Instruction* instruction = nullptr;
        std::vector<LoopOperand> operands;
        std::optional<std::size_t> store;  // an access
        bool stored = false;
    };
    struct Loop {
        ir::Shape shape;
        std::vector<Access> accesses;
        std::vector<LoopStep> steps;
        std::map<ir::SlotId, std::size_t> computed;  // by which step
        std::size_t first_reduced = 0;
        std::size_t reduced_axes = 0;
        // After merging: the axes outside, and what is passed in vectors.
        ir::Shape outer;
        ir::Shape inner_shape;
        std::int64_t length = 1;
        std::vector<ir::Strides> outer_strides;  // by access
        std::vector<ir::Strides> inner_strides;
        // Whether elements may be computed twice, because nothing that is read is written.
        bool may_repeat = true;
        bool streams = false;        // results go past the caches
        std::string row_of_target;   // where the row at hand of an update waits
        ir::Strides result_strides;  // of reductions, along the outer axes
    };
    Access access_of(std::size_t number, std::size_t k, const ir::Shape& shape);
    void write_group(const Segment& group);
    void write_empty_reductions(const Loop& loop);
    void find_loop_ways(Loop& loop) const;
    void write_loop_nest(Loop& loop);
    void write_last_axis_reductions(Loop& loop);
    void write_pieces(
        std::int64_t count, std::int64_t work_of_one,
        const std::function<void(const std::string& begin, const std::string& end)>& inside);
    void write_plain_nest(Loop& loop);
    std::string begin_loop(const std::string& begin, const std::string& end);
    // Names for the bounds of block `number` of a line of elements, and for how many lanes are used
    // from `at` on.
    std::pair<std::string, std::string> name_block(const std::string& number, std::int64_t length);
    std::string name_count(const std::string& at, const std::string& end);
    void name_axes(const ir::Shape& shape, std::size_t left_out, const std::string& number,
                   std::int64_t below, Point& point);
    void write_inner_loop(const Loop& loop, Point point, const std::string& begin,
                          const std::string& end);
    void write_delayed_nest(Loop& loop, const Delay& delay);
    void write_row_copy(const Access& target, const ir::Shape& shape, const std::string& row,
                        const std::string& from);
    void write_reducing_nest(Loop& loop);
    // --- emit_scans.cpp ---
    void write_scan_nest(Loop& loop);
    void write_scan_block(const Loop& loop, const Point& line, const std::string& first,
                          const std::string& last);
    void add_carries(const Loop& loop, const std::string& carries, std::int64_t blocks);
    void write_block(const Loop& loop, Point point, const std::vector<std::size_t>& reductions,
                     const std::vector<std::string>& partial, const std::string& number,
                     std::int64_t blocks);
    // --- emit_lines.cpp ---
    struct LineLanes {
        ir::Shape lines;
        std::vector<ir::Strides> strides;    // of the result, of the operand
        std::size_t axis = ~std::size_t{0};  // of the lanes, when there are any
        std::int64_t vectors = 1;            // along that axis
        std::int64_t items = 1;
    };
    // From here to the end of walk_lines the operand and the result may be read and written in
    // lanes of lines.
    LineLanes begin_lines(const ir::Instruction& instruction, const ir::Shape& lines,
                          const ir::Strides& result, const ir::Strides& operand);
    void walk_lines(const LineLanes& plan, std::int64_t length,
                    const std::function<void(const Point&, const std::vector<ir::Strides>&,
                                             const std::string& item)>& visit);
    Value read_lines(ir::SlotId slot, const At& at) const;
    void write_lines(ir::SlotId slot, const At& at, const Value& value);
    bool has_lanes_of_places(const ir::Instruction& instruction, const ir::Shape& index) const;
    void write_gather_of_places(const ir::Instruction& instruction, const Indexed& axes,
                                const AroundIndices& rest);
    void check_places(const ir::Instruction& instruction, const Indexed& axes);
    void begin_places(const ir::Instruction& instruction, const Indexed& axes,
                      std::int64_t apart_in_result, const std::string& first);

    // --- emit_products.cpp ---
    struct Product;
    bool has_product_lanes(const ir::Instruction& instruction) const;
    void write_product_lanes(const ir::Instruction& instruction);
    void begin_product(Product& product, const ir::Shape& leading, const std::string& number);
    std::vector<std::string> write_chunked_sums(
        const Product& product, std::int64_t sums,
        const std::function<void(const std::string& k)>& factors,
        const std::function<std::string(std::int64_t r, const std::string& k)>& term);
    void store_product(const Product& product, const std::string& place, const std::string& count,
                       const std::string& value);
    void write_rows_of_columns(const Product& product, const std::string& column,
                               const std::string& count, const std::string& packed);
    void write_columns_of_rows(const Product& product, const std::string& row,
                               const std::string& count);
    // --- emit_rows.cpp ---
    struct Rows;
    void write_row_reductions(Loop& loop);
    void write_row_loops(Rows& rows);
    void begin_row_item(Rows& rows, const std::string& item, std::int64_t vectors);
    void write_row_block(Rows& rows, const std::string& number);
    std::vector<std::string> write_row(const Rows& rows, std::int64_t copy, const At& row);
    std::vector<std::string> write_few_rows(const Rows& rows);
    std::vector<std::string> write_accumulators(const Rows& rows);

    void write_steps(const Loop& loop, const Point& point, const std::string& count);
    ir::Strides joint_strides(const Loop& loop, std::size_t access) const;
    std::string access_place(const Access& access, const Point& point, const ir::Strides& strides);
    std::string load_access(const Loop& loop, std::size_t number, const Point& point,
                            const std::string& count);
    // The element that an instruction takes, in lanes: computed, or read now.
    std::string element_of(const Loop& loop, const LoopOperand& operand, const Point& point,
                           const std::string& count);
    void store_access(const Loop& loop, std::size_t number, const Point& point,
                      const std::string& count, const std::string& value);
    void note_statement(const ir::Instruction& instruction);

    // Reads and writes an element whose number may differ from lane to lane.
    Value read_moving(ir::SlotId slot, const At& at, const std::optional<Value>& moving);
    void write_moving(ir::SlotId slot, const At& at, const std::optional<Value>& moving,
                      const Value& value);

    const ir::Program& program_;
    KernelOptions options_;
    int width_;
    Flow flow_;
    Places places_;
    Segments segments_;  // when lanes are elements
    KernelSource source_;
    Writer out_;
    CutKernel cut_;
    std::size_t cuts_ = 0;       // in the middle of a routine or a region
    std::vector<bool> filled_;   // by slot
    std::vector<int> port_of_;   // by slot, -1
    std::vector<int> phase_of_;  // by routine that ends in a collective: the phase after it
    std::vector<std::vector<ir::SlotId>> saved_by_phase_;
    ir::RoutineId routine_ = 0;  // at hand
    bool masked_ = false;        // the routine at hand stands in a region
    std::size_t next_name_ = 0;
    // Where lanes are lines: how far apart the elements of neighbouring lines are, and how many
    // lines there are.
    std::map<ir::SlotId, std::int64_t> side_by_side_;
    std::string lines_at_hand_;
    // Beyond the arrays, one instruction at a time uses this memory.
    std::int64_t scratch_end_ = 0;
    std::int64_t scratch_bytes_ = 0;
    std::set<std::size_t> written_regions_;
    ir::StatementId statement_ = ~ir::StatementId{0};
};

}  // namespace dunlin::jit
