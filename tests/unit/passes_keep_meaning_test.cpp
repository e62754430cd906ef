// Random programs give the same results, to the bit, before and after the passes.
#include <random>

#include "ir/interpret.hpp"
#include "ir/pipeline.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

constexpr std::int64_t kVms = 5;

// Writes programs of scalars and small arrays, with ifs, loops, breaks and faults.
class Writer {
  public:
    explicit Writer(std::uint32_t seed) : random_(seed) {}

    std::string program() {
        slot("input i64 \"i\"");
        slot("input f64 \"f\"");
        slot("input i64[3] \"a\"");
        integers_ = {0};
        floats_ = {1};
        arrays_ = {2};
        for (const char* value : {"0", "1", "2", "-1", "8", "3"})
            integers_.push_back(slot("constant i64 = " + std::string(value)));
        for (const char* value : {"0.0", "-0.0", "1.0", "4.0", "nan"})
            floats_.push_back(slot("constant f64 = " + std::string(value)));
        conditions_ = {slot("constant bool = true"), slot("constant bool = false")};
        constants_ = slots_;
        int i = slot("output i64 \"oi\"");
        int f = slot("output f64 \"of\"");
        int a = slot("output i64[3] \"oa\"");
        int s = slot("state i64 \"si\"");
        begin_routine();
        for (int variable : {i, s}) integer_variables_.push_back(variable);
        float_variables_ = {f};
        array_variables_ = {a};
        for (int k = 0; k < 3; ++k) {
            integer_variables_.push_back(slot("local i64"));
            float_variables_.push_back(slot("local f64"));
            array_variables_.push_back(slot("local i64[3]"));
            condition_variables_.push_back(slot("local bool"));
        }
        assign_all();
        use_variables();
        block(3);
        code_ += "  end !" + statement() + "\n";
        return slots_text_ + code_;
    }

  private:
    int pick(const std::vector<int>& from) { return from[random_() % from.size()]; }
    bool chance(int in) { return random_() % static_cast<unsigned>(in) == 0; }
    std::string statement() { return std::to_string(random_() % 10); }
    static std::string s(int id) { return " s" + std::to_string(id); }
    static std::string r(int id) { return " r" + std::to_string(id); }

    int slot(const std::string& what) {
        slots_text_ += "slot s" + std::to_string(slots_) + " " + what + "\n";
        return slots_++;
    }
    int begin_routine() {
        code_ += "r" + std::to_string(routines_) + ":\n";
        return routines_++;
    }
    void write(int result, const std::string& right) {
        code_ += " " + s(result) + " = " + right + " !" + statement() + "\n";
    }

    void assign_all() {
        for (int variable : integer_variables_)
            write(variable, "copy" + s(integers_[random_() % 7]));
        for (int variable : float_variables_) write(variable, "copy" + s(floats_[random_() % 6]));
        for (int variable : array_variables_) write(variable, "copy" + s(pick(arrays_)));
        for (int variable : condition_variables_) write(variable, "copy" + s(pick(conditions_)));
    }
    void use_variables() {
        integers_.insert(integers_.end(), integer_variables_.begin(), integer_variables_.end());
        floats_.insert(floats_.end(), float_variables_.begin(), float_variables_.end());
        arrays_.insert(arrays_.end(), array_variables_.begin(), array_variables_.end());
        conditions_.insert(conditions_.end(), condition_variables_.begin(),
                           condition_variables_.end());
    }

    std::string integer() {
        const char* const kTwo[] = {"add", "sub", "mul", "floor_div", "mod", "and", "or",
                                    "xor", "shl", "shr", "rotl",      "min", "max", "int_pow"};
        switch (random_() % 9) {
            case 0: return "neg" + s(pick(integers_));
            case 1: return "not" + s(pick(integers_));
            case 2: return "sum" + s(pick(arrays_)) + " {0}";
            case 3: return "view" + s(pick(arrays_)) + s(pick(integers_)) + " {2, 0, 1, 0}";
            case 4:
                return "view" + s(pick(arrays_)) + " {1, " + std::to_string(random_() % 3) +
                       ", 1, 0}";
            case 5:
                return "select" + s(pick(conditions_)) + s(pick(integers_)) + s(pick(integers_));
            case 6: return chance(2) ? "vm_id" : "convert" + s(pick(floats_));
            default:
                return kTwo[random_() % std::size(kTwo)] + s(pick(integers_)) + s(pick(integers_));
        }
    }
    std::string real() {
        const char* const kTwo[] = {"add", "sub", "mul", "div", "min", "max", "copysign"};
        switch (random_() % 6) {
            case 0: return "neg" + s(pick(floats_));
            case 1: return "convert" + s(pick(integers_));
            case 2: return "select" + s(pick(conditions_)) + s(pick(floats_)) + s(pick(floats_));
            default: return kTwo[random_() % std::size(kTwo)] + s(pick(floats_)) + s(pick(floats_));
        }
    }
    std::string array() {
        switch (random_() % 7) {
            case 0: return "copy" + s(pick(integers_));
            case 1: return "reshape" + s(pick(arrays_));
            case 2: return "cumsum" + s(pick(arrays_)) + " {0}";
            case 3: return "view" + s(pick(arrays_)) + " {0, 2, -1, 3}";
            case 4: return "iota {1, 2}";
            case 5: return "gather" + s(pick(arrays_)) + s(pick(arrays_)) + " {0}";
            default:
                return "add" + s(pick(arrays_)) + s(chance(2) ? pick(arrays_) : pick(integers_));
        }
    }
    std::string condition() {
        const char* const kTwo[] = {"eq", "ne", "lt", "le"};
        if (chance(3)) return "not" + s(pick(conditions_));
        const std::vector<int>& of = chance(2) ? integers_ : floats_;
        return kTwo[random_() % 4] + s(pick(of)) + s(pick(of));
    }

    // A new temporary, and often a copy of it into a variable.
    void assign(const char* type, std::vector<int>& readable, const std::vector<int>& variables,
                const std::string& right) {
        int temporary = slot(std::string("local ") + type);
        write(temporary, right);
        if (!chance(4)) write(pick(variables), "copy" + s(temporary));
        if (chance(3)) readable.push_back(temporary);
    }

    void simple_statement() {
        switch (random_() % 7) {
            case 0: return assign("i64[3]", arrays_, array_variables_, array());
            case 1: return assign("bool", conditions_, condition_variables_, condition());
            case 2: return assign("f64", floats_, float_variables_, real());
            case 3: {
                int variable = pick(array_variables_);
                std::string axis = std::to_string(random_() % 3);
                if (chance(2))
                    return write(variable, "update" + s(variable) + s(pick(integers_)) + " {1, " +
                                               axis + ", 1, 0}");
                return write(variable, "update" + s(variable) + s(pick(integers_)) +
                                           s(pick(integers_)) + " {2, 0, 1, 0}");
            }
            case 4:
                if (chance(5))
                    code_ += "  require" + s(pick(conditions_)) + " {3, 0} !" + statement() + "\n";
                return;
            default: return assign("i64", integers_, integer_variables_, integer());
        }
    }

    // What is assigned inside is not known to be assigned outside.
    template <typename Body>
    void inside(Body body) {
        auto integers = integers_, floats = floats_, arrays = arrays_, conditions = conditions_;
        body();
        integers_ = integers, floats_ = floats, arrays_ = arrays, conditions_ = conditions;
    }

    void block(int depth) {
        for (unsigned i = 0; i < 2 + random_() % 6; ++i) {
            if (depth > 0 && chance(4))
                choice(depth - 1);
            else if (depth > 0 && chance(5))
                loop(depth - 1);
            else
                simple_statement();
        }
    }

    // Places of routine numbers that are not known yet are filled in at the end of the construct.
    void fill(const std::string& mark, int routine) {
        for (std::size_t at; (at = code_.find(mark)) != std::string::npos;)
            code_.replace(at, mark.size(), "r" + std::to_string(routine));
    }

    void choice(int depth) {
        std::string mark = std::to_string(marks_++);
        code_ += "  branch" + s(pick(conditions_)) + r(routines_) + " <else" + mark + "> !" +
                 statement() + "\n";
        begin_routine();
        inside([&] { block(depth); });
        code_ += chance(8) ? "  halt\n" : "  jump <end" + mark + ">\n";
        fill("<else" + mark + ">", begin_routine());
        if (chance(2)) inside([&] { block(depth); });
        code_ += "  jump" + r(routines_) + "\n";
        fill("<end" + mark + ">", begin_routine());
    }

    void loop(int depth) {
        std::string mark = std::to_string(marks_++);
        code_ += "  jump" + r(routines_) + "\n";
        int header = begin_routine();
        int again = slot("local bool");
        write(again, condition());
        code_ += "  branch" + s(again) + r(routines_) + " <leave" + mark + ">\n";
        begin_routine();
        inside([&] {
            block(depth);
            if (chance(2)) {
                code_ += "  branch" + s(pick(conditions_)) + " <leave" + mark + ">" + r(routines_) +
                         "\n";
                begin_routine();
                block(depth);
            }
        });
        code_ += "  jump" + r(header) + " back !" + statement() + "\n";
        fill("<leave" + mark + ">", begin_routine());
    }

    std::mt19937 random_;
    std::string slots_text_, code_;
    int slots_ = 0, routines_ = 0, marks_ = 0, constants_ = 0;
    std::vector<int> integers_, floats_, arrays_, conditions_;
    std::vector<int> integer_variables_, float_variables_, array_variables_, condition_variables_;
};

// Every local slot in bytes of its own: nothing that the layout pass decides.
void place_apart(Program& program) {
    for (Slot& slot : program.slots) {
        if (slot.storage != Storage::Local) continue;
        slot.offset = program.vm_bytes;
        program.vm_bytes += (byte_count(slot.type) + 7) / 8 * 8;
    }
}

// What the host sees of a batch of two turns: every byte of the outputs and states, and how each VM
// ended.
struct Seen {
    std::vector<std::byte> bytes;
    std::vector<std::string> ends;

    bool operator==(const Seen&) const = default;
};

Seen run(const Program& program) {
    std::vector<std::vector<std::byte>> arrays(program.slots.size());
    RunRequest request;
    request.program = &program;
    request.bindings.resize(program.slots.size());
    request.vms = request.vm_count = kVms;
    request.fuel = 40;
    std::vector<VmStatus> statuses(kVms);
    request.statuses = statuses.data();
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        const Slot& slot = program.slots[id];
        if (slot.storage == Storage::Local || slot.storage == Storage::Constant) continue;
        std::int64_t stride = byte_count(slot.type);
        arrays[id].resize(static_cast<std::size_t>(stride * kVms));
        auto count = static_cast<std::int64_t>(arrays[id].size()) / 8;
        for (std::int64_t k = 0; slot.storage == Storage::Input && k < count; ++k) {
            std::int64_t integer = k % 7 - 2;
            double real = static_cast<double>(integer) / 2;
            bool floats = is_float(slot.type.dtype);
            std::memcpy(&arrays[id][static_cast<std::size_t>(8 * k)],
                        floats ? static_cast<void*>(&real) : &integer, 8);
        }
        request.bindings[id] = {arrays[id].data(), stride};
    }
    for (bool first : {true, false}) {
        request.first_turn = first;
        interpret(request);
    }
    Seen seen;
    for (SlotId id = 0; id < program.slots.size(); ++id)
        seen.bytes.insert(seen.bytes.end(), arrays[id].begin(), arrays[id].end());
    for (const VmStatus& status : statuses)
        seen.ends.push_back(
            std::to_string(static_cast<int>(status.outcome)) + " " +
            std::string(name_of(status.fault)) +
            (status.fault == Fault::None ? "" : " at " + std::to_string(status.statement)));
    return seen;
}

TEST(passes, keep_the_meaning_of_random_programs) {
    int faulted = 0, finished = 0;
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        std::string text = Writer(seed).program();
        Program plain = well_formed(text);
        Program passed = plain;
        run_pipeline(passed);
        place_apart(plain);
        Seen before = run(plain);
        Seen after = run(passed);
        for (const std::string& end : before.ends)
            (end.find("at") == std::string::npos ? finished : faulted)++;
        ASSERT_TRUE(before == after) << "seed " << seed << "\n"
                                     << print_microcode(plain) << "\nbecame\n"
                                     << print_microcode(passed);
        ASSERT_TRUE(verify(passed).empty()) << "seed " << seed;
    }
    EXPECT_GT(finished, 300);
    EXPECT_GT(faulted, 300);
}

}  // namespace
}  // namespace dunlin::ir
