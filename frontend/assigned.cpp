#include "frontend/assigned.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "frontend/checked_walk.hpp"

namespace dunlin::frontend {

using namespace checked;

namespace {

// A read, in an instance or in what it calls, of a variable that is not the instance's own.
// Functions never assign such variables, so each has to be assigned already where the instance is
// called.
struct OuterRead {
    const Variable* variable = nullptr;
    Span read;
    const Instance* reader = nullptr;  // the instance that holds the read
};

// What a caller has to know about an instance.
struct Summary {
    std::vector<OuterRead> outer_reads;  // one per variable
    bool comes_back = false;             // there is a path to its end or to a `return`
};

struct Finding {
    const Variable* variable = nullptr;
    Span read;
    const Instance* reader = nullptr;
    const Instance* called =
        nullptr;  // when the read is in a function: the one that is called, and where
    Span call;
    std::optional<Span> assignment;  // one that was passed before, on some path
    std::optional<Span> later;       // or else the first one
};

using Summaries = std::unordered_map<const Instance*, Summary>;

bool is_always_assigned(const Variable& variable) {
    return variable.hidden ||
           (variable.storage != ir::Storage::Local && variable.storage != ir::Storage::Output);
}

// What a path through some statements has come to.
struct Path {
    bool reachable = false;
    std::vector<const Variable*> gained;  // variables that are assigned since the paths parted
};

// What holds where two paths meet.
void meet(Path& path, Path other) {
    if (!other.reachable) return;
    if (!path.reachable) {
        path = std::move(other);
        return;
    }
    std::sort(path.gained.begin(), path.gained.end());
    std::sort(other.gained.begin(), other.gained.end());
    std::vector<const Variable*> both;
    std::set_intersection(path.gained.begin(), path.gained.end(), other.gained.begin(),
                          other.gained.end(), std::back_inserter(both));
    path.gained = std::move(both);
}

// One walk through an instance, along all its paths at once. Where nothing can come, nothing is
// noted.
class Walk {
  public:
    Walk(const Instance& instance, bool is_program, Summaries& summaries,
         std::vector<Finding>& findings)
        : instance_(instance),
          is_program_(is_program),
          summaries_(summaries),
          findings_(findings) {}

    Summary run();

  private:
    struct Knowledge {
        bool assigned = false;  // on every path to here
        bool reported = false;
        std::optional<Span> first;  // the first assignment that the walk has passed
    };
    struct LoopFrame {
        std::size_t mark = 0;
        Path exit, next;  // where the breaks, and where the continues come together
    };

    bool is_own(const Variable& variable) const {
        return is_program_ || known_.count(&variable) != 0;
    }
    void assign(const Variable& variable, Span place);
    void read(const OuterRead& read, const Instance* called, Span call);
    Path take(std::size_t mark);
    void follow(const Path& path);
    void leave(std::size_t mark, Path& meeting);

    void visit(const Node& node);
    void visit(const Node&, const ConditionalNode&);
    void visit(const Node&, const ShortCircuitNode&);
    void visit(const Node&, const ComprehensionNode&);
    void visit(const Node&, const LetNode&);
    void visit(const Node&, const CallNode&);
    void visit(const Node&, const ReadNode&);
    template <typename Other>
    void visit(const Node& node, const Other&) {
        for_each_operand(node, [&](const Node& part) { visit(part); });
    }
    const Summary& summary_of(const Instance& instance);

    void visit(const Block& block);
    void visit(const checked::Statement&, const Assign&);
    void visit(const checked::Statement&, const AssignResults&);
    void visit(const checked::Statement&, const InitialiseState&);
    void visit(const checked::Statement&, const If&);
    void visit(const checked::Statement&, const While&);
    void visit(const checked::Statement&, const For&);
    void visit(const checked::Statement&, const Break&);
    void visit(const checked::Statement&, const Continue&);
    void visit(const checked::Statement&, const Return&);
    void visit(const checked::Statement&, const Halt&);
    void visit(const checked::Statement&, const Require&);
    template <typename Other>
    void visit(const checked::Statement& statement, const Other&) {
        for_each_expression(statement, [&](const Node& node) { visit(node); });
    }

    const Instance& instance_;
    bool is_program_;
    Summaries& summaries_;
    std::vector<Finding>& findings_;
    Summary summary_;
    std::set<const Variable*> outer_seen_;
    std::unordered_map<const Variable*, Knowledge> known_;
    std::vector<const Variable*> trail_;  // the assigned ones, in the order in which they became so
    std::vector<LoopFrame> loops_;
    bool reachable_ = true;
};

Summary Walk::run() {
    std::size_t first_finding = findings_.size();
    for (const auto& variable : instance_.variables) known_[variable.get()];
    for (const Variable* parameter : instance_.parameters) known_[parameter].assigned = true;
    visit(instance_.body);
    summary_.comes_back = summary_.comes_back || reachable_;
    for (std::size_t k = first_finding; k < findings_.size(); ++k) {
        Finding& finding = findings_[k];
        auto known = known_.find(finding.variable);
        if (known == known_.end() || finding.assignment) continue;
        finding.later = known->second.first;
    }
    return std::move(summary_);
}

void Walk::assign(const Variable& variable, Span place) {
    if (!reachable_) return;
    Knowledge& knowledge = known_[&variable];
    if (!knowledge.first) knowledge.first = place;
    if (knowledge.assigned) return;
    knowledge.assigned = true;
    trail_.push_back(&variable);
}

void Walk::read(const OuterRead& read, const Instance* called, Span call) {
    if (!reachable_ || is_always_assigned(*read.variable)) return;
    if (!is_own(*read.variable)) {
        if (outer_seen_.insert(read.variable).second) summary_.outer_reads.push_back(read);
        return;
    }
    Knowledge& knowledge = known_[read.variable];
    if (knowledge.assigned || knowledge.reported) return;
    knowledge.reported = true;
    findings_.push_back(
        {read.variable, read.read, read.reader, called, call, knowledge.first, std::nullopt});
}

// Ends a path: forgets what it has assigned since `mark`, and hands it over.
Path Walk::take(std::size_t mark) {
    Path path{reachable_, {trail_.begin() + static_cast<std::ptrdiff_t>(mark), trail_.end()}};
    for (const Variable* variable : path.gained) known_[variable].assigned = false;
    trail_.resize(mark);
    return path;
}

void Walk::follow(const Path& path) {
    reachable_ = path.reachable;
    for (const Variable* variable : path.gained) {
        known_[variable].assigned = true;
        trail_.push_back(variable);
    }
}

// A jump to where other paths come too.
void Walk::leave(std::size_t mark, Path& meeting) {
    meet(meeting, {reachable_, {trail_.begin() + static_cast<std::ptrdiff_t>(mark), trail_.end()}});
    reachable_ = false;
}

void Walk::visit(const Node& node) {
    std::visit([&](const auto& what) { visit(node, what); }, node.what);
}

void Walk::visit(const Node& node, const ReadNode& what) {
    read({what.variable, node.span, &instance_}, nullptr, {});
}

void Walk::visit(const Node&, const ConditionalNode& choice) {
    visit(*choice.condition);
    auto known = constant_condition(*choice.condition);
    bool before = reachable_;
    reachable_ = before && known != false;
    visit(*choice.then);
    bool after_then = reachable_;
    reachable_ = before && known != true;
    visit(*choice.otherwise);
    reachable_ = reachable_ || after_then;
}

void Walk::visit(const Node&, const ShortCircuitNode& choice) {
    visit(*choice.left);
    bool before = reachable_;
    reachable_ = before && constant_condition(*choice.left) != !choice.is_and;
    visit(*choice.right);
    reachable_ = before;
}

void Walk::visit(const Node& node, const ComprehensionNode& comprehension) {
    const auto& loops = comprehension.loops;
    if (std::any_of(loops.begin(), loops.end(), [](const Loop& loop) { return loop.trips == 0; }))
        return;
    for (const Loop& loop : loops) {
        for (const NodePtr* part : {&loop.start, &loop.stop, &loop.array})
            if (*part) visit(**part);
        assign(*loop.variable, node.span);
    }
    visit(*comprehension.body);
}

void Walk::visit(const Node&, const LetNode& let) {
    visit(*let.value);
    visit(*let.body);
}

void Walk::visit(const Node& node, const CallNode& call) {
    for (const NodePtr& argument : call.arguments) visit(*argument);
    if (!reachable_) return;
    const Summary& summary = summary_of(*call.instance);
    for (const OuterRead& outer : summary.outer_reads) read(outer, call.instance, node.span);
    reachable_ = reachable_ && summary.comes_back;
}

const Summary& Walk::summary_of(const Instance& instance) {
    auto known = summaries_.find(&instance);
    if (known != summaries_.end()) return known->second;
    Summary summary = Walk(instance, false, summaries_, findings_).run();
    return summaries_.emplace(&instance, std::move(summary)).first->second;
}

void Walk::visit(const Block& block) {
    for (const auto& statement : block) {
        if (!reachable_) return;
        std::visit([&](const auto& what) { visit(*statement, what); }, statement->what);
    }
}

void Walk::visit(const checked::Statement& at, const Assign& what) {
    visit(*what.value);
    assign(*what.target, at.span);
}

void Walk::visit(const checked::Statement& at, const AssignResults& what) {
    visit(*what.call);
    for (const Variable* target : what.targets)
        if (target != nullptr) assign(*target, at.span);
}

void Walk::visit(const checked::Statement& at, const InitialiseState& what) {
    visit(*what.value);
    assign(*what.target, at.span);
}

void Walk::visit(const checked::Statement&, const If& what) {
    visit(*what.condition);
    auto known = constant_condition(*what.condition);
    bool before = reachable_;
    std::size_t mark = trail_.size();
    reachable_ = before && known != false;
    visit(what.then);
    Path path = take(mark);
    reachable_ = before && known != true;
    visit(what.otherwise);
    meet(path, take(mark));
    follow(path);
}

void Walk::visit(const checked::Statement&, const While& what) {
    visit(*what.condition);
    auto known = constant_condition(*what.condition);
    bool before = reachable_;
    std::size_t mark = trail_.size();
    loops_.push_back({mark, {}, {}});
    reachable_ = before && known != false;
    visit(what.body);
    take(mark);
    Path exit = std::move(loops_.back().exit);
    loops_.pop_back();
    if (known != true) meet(exit, {before, {}});
    follow(exit);
}

void Walk::visit(const checked::Statement&, const For& what) {
    const Loop& loop = what.loop;
    for (const NodePtr* part : {&loop.start, &loop.stop, &loop.array})
        if (*part) visit(**part);
    auto trips = loop.array ? loop.array->type.shape[0] : loop.trips;
    bool before = reachable_;
    std::size_t mark = trail_.size();
    loops_.push_back({mark, {}, {}});
    reachable_ = before && trips != 0;
    assign(*loop.variable, loop.variable->declared);
    visit(what.body);
    LoopFrame frame = std::move(loops_.back());
    loops_.pop_back();
    Path turn = take(mark);
    meet(turn, std::move(frame.next));
    bool may_be_skipped = !trips || *trips == 0;
    meet(turn, std::move(frame.exit));
    if (may_be_skipped) meet(turn, {before, {}});
    follow(turn);
}

void Walk::visit(const checked::Statement&, const Break&) {
    leave(loops_.back().mark, loops_.back().exit);
}

void Walk::visit(const checked::Statement&, const Continue&) {
    leave(loops_.back().mark, loops_.back().next);
}

void Walk::visit(const checked::Statement&, const Return& what) {
    for (const NodePtr& value : what.values) visit(*value);
    summary_.comes_back = summary_.comes_back || reachable_;
    reachable_ = false;
}

void Walk::visit(const checked::Statement&, const Halt&) {
    reachable_ = false;
}

void Walk::visit(const checked::Statement&, const Require& what) {
    visit(*what.condition);
    if (constant_condition(*what.condition) == false) reachable_ = false;
}

ir::Diagnostic describe(const Finding& finding) {
    std::string name = "'" + finding.variable->name + "'";
    ir::Diagnostic diagnostic;
    diagnostic.code = ir::Code::read_before_assigned;
    diagnostic.span = finding.read;
    diagnostic.message = name + " may be read before it is assigned";
    if (finding.assignment) {
        diagnostic.label = "not assigned on every path to here";
        diagnostic.notes.emplace_back(*finding.assignment, "assigned here, but not on every path");
        diagnostic.help = "assign " + name + " on the other paths too, or once before they part";
    } else {
        diagnostic.label = "not assigned yet";
        if (finding.later)
            diagnostic.notes.emplace_back(*finding.later, "assigned here, after it is read");
        diagnostic.help = "assign " + name + " before it is read";
    }
    if (finding.called == nullptr) return diagnostic;
    std::string note = "'" + finding.called->name + "' is called here";
    if (finding.called != finding.reader) note += ", and comes to '" + finding.reader->name + "'";
    diagnostic.notes.emplace_back(finding.call, note);
    return diagnostic;
}

bool is_earlier(const Finding& left, const Finding& right) {
    return std::tie(left.read.file, left.read.begin, left.variable->name) <
           std::tie(right.read.file, right.read.begin, right.variable->name);
}

}  // namespace

// A function is walked once for each of its instances, but its variables are the same for the
// reader.
std::vector<ir::Diagnostic> find_unassigned(const Program& program, const ir::SourceMap&) {
    Summaries summaries;
    std::vector<Finding> findings;
    Walk(*program.main, true, summaries, findings).run();
    std::sort(findings.begin(), findings.end(), is_earlier);
    std::set<std::tuple<ir::FileId, std::uint32_t, std::string>> reported;
    std::vector<ir::Diagnostic> diagnostics;
    for (const Finding& finding : findings) {
        const Variable& variable = *finding.variable;
        if (reported.insert({variable.declared.file, variable.declared.begin, variable.name})
                .second)
            diagnostics.push_back(describe(finding));
    }
    return diagnostics;
}

}  // namespace dunlin::frontend
