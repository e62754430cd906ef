// The parts of lowering, for lower*.cpp alone:
//
//   Places     source spans to statements of the microcode              lower_places.cpp
//   Code       routines and slots as they grow                          lower_code.cpp
//   Questions  what a piece of the tree reads, assigns, may do          lower_questions.cpp
//   Lowering   the walk: expressions, comprehensions, calls, statements
//   lower_{expression,loop,call,statement}.cpp, lower.cpp
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/checked.hpp"
#include "frontend/lower.hpp"

namespace dunlin::frontend {

// One ir::Statement for each span that is asked for. Lines and columns are counted once, at the
// end.
class Places {
  public:
    Places(ir::Program& program, std::vector<ir::Span>& spans) : program_(program), spans_(spans) {}
    ir::StatementId statement(ir::Span span);
    void finish(const ir::SourceMap& sources);

  private:
    void place_file(const ir::SourceMap& sources, ir::FileId file,
                    const std::vector<ir::StatementId>& statements);

    struct Hash {
        std::size_t operator()(const ir::Span& span) const;
    };
    struct Equal {
        bool operator()(const ir::Span& left, const ir::Span& right) const;
    };
    ir::Program& program_;
    std::vector<ir::Span>& spans_;
    std::unordered_map<ir::Span, ir::StatementId, Hash, Equal> ids_;
};

// The microcode as it grows. There is an open routine, to which instructions are added, or none:
// then what is asked for cannot be reached (it follows a `halt`, a `return`, ...) and is dropped. A
// routine that nothing goes to never opens.
class Code {
  public:
    explicit Code(ir::Program& program);

    ir::SlotId slot(const ir::Type& type, ir::Storage storage = ir::Storage::Local,
                    const std::string& name = {});
    ir::SlotId constant(const ir::Constant& constant) { return pool_.slot_for(constant); }
    std::int64_t text(const std::string& text);
    const ir::Slot& slot_at(ir::SlotId id) const { return program_.slots[id]; }

    void emit(ir::Op op, ir::SlotId result, std::vector<ir::SlotId> operands,
              std::vector<std::int64_t> attributes, ir::StatementId statement);
    void copy(ir::SlotId from, ir::SlotId to, ir::StatementId statement);

    ir::RoutineId routine();  // a new one, to be opened later
    void open(ir::RoutineId routine);
    bool is_open() const { return open_.has_value(); }
    // These close the open routine.
    void jump(ir::RoutineId target, ir::StatementId statement, bool back_edge = false);
    void branch(ir::SlotId condition, ir::RoutineId target, ir::RoutineId otherwise,
                ir::StatementId statement);
    void collective(ir::Op op, ir::SlotId result, std::vector<ir::SlotId> operands,
                    ir::StatementId statement);  // what follows goes into a new routine
    void halt(ir::StatementId statement);
    void end(ir::StatementId statement);

    // Drops everything from here on, for good.
    void abandon();
    std::size_t size() const { return size_; }
    // Numbers the routines in the order in which they were opened.
    void finish();

  private:
    void close(ir::Terminator terminator);

    ir::Program& program_;
    ir::ConstantPool pool_;
    std::unordered_map<std::string, std::int64_t> texts_;
    std::optional<ir::RoutineId> open_;
    std::vector<bool> reached_;          // by routine: something goes there
    std::vector<ir::RoutineId> opened_;  // in order
    std::size_t size_ = 0;               // instructions and terminators
    bool abandoned_ = false;
};

// What a piece of the checked tree reads, assigns, or may do.
class Questions {
  public:
    using Test = std::function<bool(const checked::Variable&)>;

    // Whether evaluating the node reads such a variable, here or in a function that it calls. A
    // function's own variables are not asked about.
    bool reads(const checked::Node& node, const Test& test);
    bool assigns(const checked::Block& block, const Test& test) const;
    // Whether the node may be evaluated where the program would not: no fault, no effect, no random
    // numbers, no loop.
    bool is_harmless(const checked::Node& node) const;
    // Whether the instance's one `return` is its last statement.
    bool returns_at_end(const checked::Instance& instance);

  private:
    const std::vector<const checked::Variable*>& outer_reads(const checked::Instance& instance);

    std::unordered_map<const checked::Instance*, std::vector<const checked::Variable*>> outer_;
    std::unordered_map<const checked::Instance*, bool> returns_at_end_;
};

// Where a value is wanted. A slot is `free` when it may be written piece by piece: it is no State
// or Output, which a fault must leave as they were, and the value that is computed does not read
// it.
struct Target {
    ir::SlotId slot = ir::kNoSlot;
    bool free = false;
};

class Lowering {
  public:
    Lowering(const checked::Program& tree, const ir::SourceMap& sources,
             std::size_t max_instructions, Lowered& lowered);
    void run();

  private:
    using SlotId = ir::SlotId;

    struct Expansion {  // a call that is being expanded
        const checked::Instance* instance = nullptr;
        ir::Span call;
        std::optional<ir::RoutineId> exit;  // made by the first `return` that is not the end
    };
    struct LoopFrame {  // a loop statement that is being lowered
        ir::RoutineId exit = 0;
        std::optional<ir::RoutineId> step;  // `for`: made by the first `continue`
        std::optional<ir::RoutineId> head;  // `while`: where `continue` goes, for fuel
        ir::StatementId statement = 0;
    };
    struct Count {  // a loop over a counter that is being lowered
        SlotId counter = ir::kNoSlot;
        ir::RoutineId head = 0, exit = 0;
    };
    struct Turn {                     // one loop of a comprehension
        SlotId source = ir::kNoSlot;  // the start, or the array; kNoSlot until it is evaluated
        Count count;
    };

    // lower.cpp
    ir::StatementId statement(ir::Span span);  // the innermost place in the user's own files
    SlotId slot_of(const checked::Variable& variable);
    SlotId integer(ir::DType dtype, std::int64_t number);
    bool is_bound_to(const checked::Variable& variable, SlotId slot) const;
    bool stops_growing(ir::Span span);
    void complain(ir::Span span);
    void describe_ports();

    // lower_expression.cpp
    SlotId value(const checked::Node& node);
    void value_into(const checked::Node& node, Target target);
    Target target_for(const checked::Variable& variable, const checked::Node& value);
    std::vector<SlotId> values(const std::vector<checked::NodePtr>& nodes, std::size_t first = 0);
    void into(const checked::Node&, const checked::ConstantNode&, Target);
    void into(const checked::Node&, const checked::ReadNode&, Target);
    void into(const checked::Node&, const checked::OperationNode&, Target);
    void into(const checked::Node&, const checked::RandomNode&, Target);
    void into(const checked::Node&, const checked::ConditionalNode&, Target);
    void into(const checked::Node&, const checked::ShortCircuitNode&, Target);
    void into(const checked::Node&, const checked::ComprehensionNode&, Target);
    void into(const checked::Node&, const checked::LetNode&, Target);
    void into(const checked::Node&, const checked::CallNode&, Target);
    void into(const checked::Node&, const checked::CollectiveNode&, Target);
    void update_into(const checked::Node&, const checked::OperationNode&, Target);

    // lower_loop.cpp
    Count begin_count(SlotId counter, SlotId start, SlotId stop, ir::StatementId statement);
    void end_count(const Count& count, ir::StatementId statement, bool back_edge);
    void take_row(SlotId array, SlotId counter, SlotId row, ir::StatementId statement);
    void comprehension_turns(const checked::Node&, const checked::ComprehensionNode&,
                             std::vector<Turn>& turns, std::size_t depth, SlotId target);
    void begin_turn(const checked::Loop& loop, Turn& turn, ir::StatementId statement);
    void lower(const checked::Statement&, const checked::While&, bool last);
    void lower(const checked::Statement&, const checked::For&, bool last);
    SlotId unchanged_by(const checked::For& loop, SlotId slot, ir::StatementId statement);

    // lower_call.cpp: one slot per result; those named in `wanted` (which must be free) are used.
    std::vector<SlotId> expand(const checked::Node& node, const checked::CallNode& call,
                               const std::vector<SlotId>& wanted);
    void bind_arguments(const checked::CallNode& call);
    std::vector<SlotId> body_results(const checked::Instance& instance,
                                     const std::vector<SlotId>& wanted);

    // lower_statement.cpp; `last` says that nothing follows in the instance.
    void lower(const checked::Block& block, std::size_t count, bool last);
    void lower(const checked::Statement&, const checked::Assign&, bool last);
    void lower(const checked::Statement&, const checked::AssignResults&, bool last);
    void copy_results(std::vector<SlotId> results, const std::vector<SlotId>& targets,
                      ir::StatementId statement);
    void lower(const checked::Statement&, const checked::InitialiseState&, bool last);
    void lower(const checked::Statement&, const checked::Evaluate&, bool last);
    void lower(const checked::Statement&, const checked::If&, bool last);
    void lower(const checked::Statement&, const checked::Break&, bool last);
    void lower(const checked::Statement&, const checked::Continue&, bool last);
    void lower(const checked::Statement&, const checked::Return&, bool last);
    void lower(const checked::Statement&, const checked::Halt&, bool last);
    void lower(const checked::Statement&, const checked::Require&, bool last);
    void lower(const checked::Statement&, const checked::Print&, bool last);

    const checked::Program& tree_;
    const ir::SourceMap& sources_;
    const std::size_t max_instructions_;
    Lowered& lowered_;
    Code code_;
    Places places_;
    Questions questions_;
    std::unordered_map<const checked::Variable*, SlotId> slots_;
    std::unordered_map<const checked::ConstantNode*, SlotId> constants_;
    std::vector<Expansion> expansions_;  // the innermost last
    std::vector<LoopFrame> loops_;       // the innermost last
    ir::Span user_place_;                // the innermost call that stands in a file of the user's
    SlotId draws_ = ir::kNoSlot;         // the number of the next block of random bits
    std::unordered_map<const checked::Instance*, std::size_t> expansion_counts_;
    std::size_t expansion_count_ = 0;
};

}  // namespace dunlin::frontend
