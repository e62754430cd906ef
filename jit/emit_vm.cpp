// The kernel around the program: what it declares, how VMs begin, wait and end.
#include <algorithm>
#include <atomic>

#include "ir/liveness.hpp"
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::RoutineId;
using ir::SlotId;
using ir::Storage;
using ir::Terminator;

namespace {

// A kernel of more lines is cut into functions (of about kLinesOfUnit): what LLVM takes for a
// function grows faster than its length.
constexpr std::size_t kMostLines = 1500;

std::atomic<std::size_t> lines_for_tests = 0;

}  // namespace

void set_function_lines(std::size_t lines) {
    lines_for_tests = lines;
}

KernelSource emit_kernel(const ir::Program& program, const KernelOptions& options) {
    KernelOptions chosen = options;
    if (chosen.function_lines == 0) chosen.function_lines = lines_for_tests;
    return Emitter(program, chosen).run();
}

Emitter::Emitter(const ir::Program& program, const KernelOptions& options)
    : program_(program),
      options_(options),
      width_(options.elements ? 1 : options.width),
      flow_(analyse_flow(program, flow_options(program, options))),
      places_(choose_places(program, flow_, options.elements)) {
    options_.common.resize(program.slots.size());
    find_filled();
    if (options.elements) segments_ = cut(program_, places_);
    place_arrays(program, flow_, segments_, width_, places_);
}

KernelSource Emitter::run() {
    source_.width = width_;
    source_.elements = options_.elements;
    source_.refills = flow_.refills;
    find_ports();
    find_collectives();
    source_.constants.resize(static_cast<std::size_t>(places_.constant_bytes));
    for (SlotId id = 0; id < program_.slots.size(); ++id) {
        if (places_.constants[id] < 0) continue;
        const std::vector<std::byte>& bytes = program_.constants[program_.slots[id].constant].bytes;
        std::copy(bytes.begin(), bytes.end(), source_.constants.begin() + places_.constants[id]);
    }
    write_kernel();
    join_functions();
    return std::move(source_);
}

void Emitter::find_ports() {
    port_of_.assign(program_.slots.size(), -1);
    for (SlotId id = 0; id < program_.slots.size(); ++id) {
        const Storage storage = program_.slots[id].storage;
        if (storage == Storage::Local || storage == Storage::Constant) continue;
        port_of_[id] = static_cast<int>(source_.ports.size());
        source_.ports.push_back(id);
    }
}

// What must outlive a collective, for the VMs that wait: what is live after it, and what it reads
// and writes.
void Emitter::find_collectives() {
    phase_of_.assign(program_.routines.size(), 0);
    saved_by_phase_.emplace_back();
    for (RoutineId id = 0; id < program_.routines.size(); ++id) {
        const Terminator& terminator = program_.routines[id].terminator;
        if (terminator.kind != Terminator::Kind::Collective || !flow_.reached[id]) continue;
        source_.collectives.push_back(id);
        phase_of_[id] = static_cast<int>(source_.collectives.size());
        saved_by_phase_.emplace_back();
    }
    if (source_.collectives.empty()) return;
    const ir::Liveness liveness(program_);
    auto save = [&](std::size_t phase, SlotId slot, bool by_vm) {
        if (slot == ir::kNoSlot || program_.slots[slot].storage != Storage::Local) return;
        if (count_of(slot) == 0) return;
        auto& slots = saved_by_phase_[phase];
        if (std::find(slots.begin(), slots.end(), slot) == slots.end()) slots.push_back(slot);
        auto known = std::find_if(source_.saved.begin(), source_.saved.end(),
                                  [slot](const SavedSlot& saved) { return saved.slot == slot; });
        if (known == source_.saved.end()) {
            source_.saved.push_back({slot, by_vm, ir::byte_count(type_of(slot))});
        } else {
            known->by_vm = known->by_vm || by_vm;
        }
    };
    for (std::size_t k = 0; k < source_.collectives.size(); ++k) {
        const RoutineId id = source_.collectives[k];
        const Terminator& terminator = program_.routines[id].terminator;
        for (SlotId operand : terminator.collective.operands) save(k + 1, operand, true);
        save(k + 1, terminator.collective.result, true);
        const ir::CrossingSlots& crossing = liveness.crossing();
        for (std::size_t column = 0; column < crossing.slots.size(); ++column)
            if (liveness.live_in().has(terminator.target, column))
                save(k + 1, crossing.slots[column], false);
    }
    if (options_.fuel) source_.saved.push_back({ir::kNoSlot, false, 8});
}

void Emitter::write_kernel() {
    declare_slots();
    if (flow_.refills)
        write_refill_loop();
    else
        write_tile_loop();
    out_.line("stopped:;");
    if (options_.counts) {
        out_.line("task->turns += turns;");
        out_.line("task->worked += worked;");
        out_.line("task->offered += offered;");
    }
    cut_.after = out_.take();
    source_.memory_bytes = places_.memory_bytes + scratch_bytes_;
}

void Emitter::join_functions() {
    if (options_.function_lines == 0 && source_.lines <= kMostLines) join_units(cut_);
    JoinedKernel joined = join(cut_, source_.memory_bytes);
    source_.text = std::move(joined.text);
    source_.ends = std::move(joined.ends);
}

void Emitter::declare(const std::string& type, const std::string& name, std::int64_t bytes,
                      bool crosses, const std::string& value) {
    cut_.variables.push_back({type, name, value, bytes, crosses, false});
}
void Emitter::declare_address(const std::string& type, const std::string& name,
                              const std::string& value) {
    cut_.variables.push_back({type, name, value, 0, false, true});
}

// Arrays have their addresses; variables are declared without a value, since jumps may pass them.
void Emitter::declare_slots() {
    declare_address("const volatile unsigned char* const", "stop", "run->stop");
    if (options_.counts) {
        for (const char* count : {"turns", "worked", "offered"})
            declare("unsigned long long", count, 8, true, "0");
    }
    if (options_.prints)
        declare_address("unsigned char* const", "printed",
                        "task->memory + " + text_of(places_.memory_bytes));
    const ir::CrossingSlots crossing(program_);
    for (SlotId id = 0; id < program_.slots.size(); ++id)
        declare_slot(id, crossing.column_of[id] != ir::CrossingSlots::kNone);
    // What the walk of the program needs besides.
    const std::int64_t lanes_bytes = 8 * width_;
    declare("S::i64", "tile", 8);
    if (width_ == 1) {
        declare("S::i64", "vm", 8);
        declare("S::u32", "status", 4);
    } else {
        declare("S::i64", "next", 8);
        declare("V::i64", "vm", lanes_bytes);
        declare("V::u32", "status", lanes_bytes);
        for (const char* mask : {"live", "began", "m"}) declare("V::mask", mask, lanes_bytes);
        for (RoutineId id = 0; id < program_.routines.size(); ++id)
            if (flow_.reached[id] && !flow_.together[id])
                declare("V::mask", "m" + text_of(id), lanes_bytes, true, "V::no_lanes()");
    }
    if (options_.fuel) declare(fuel_type(), "fuel", lanes_bytes);
}

void Emitter::declare_slot(SlotId id, bool crosses) {
    const DType dtype = type_of(id).dtype;
    const std::string name = "s" + text_of(id);
    const std::string element = memory_type(dtype);
    const std::string port = "run->places[" + text_of(port_of_[id]) + "]";
    auto at = [&](const std::string& place) {
        return "reinterpret_cast<" + element + "*>(" + place + ")";
    };
    switch (places_.home[id]) {
        case Home::None: break;
        case Home::Variables: {
            const Meaning meaning = meaning_of(id);
            const std::int64_t lanes = meaning == Meaning::Lanes ? width_ : 1;
            for (std::int64_t k = 0; k < count_of(id); ++k)
                declare(type_text(meaning, dtype), name_of(id, {true, k, ""}),
                        ir::size_of(dtype) * lanes, crosses);
            break;
        }
        case Home::Tile:
        case Home::Plain:
            if (places_.offset[id] < 0) break;
            declare_address(element + "* const", name,
                            at("task->memory + " + text_of(places_.offset[id])));
            break;
        case Home::Host: declare(element + "*", name, 8); break;
        case Home::Fixed:
            if (places_.constants[id] >= 0)
                declare_address("const " + element + "* const", name,
                                "reinterpret_cast<const " + element + "*>(run->constants + " +
                                    text_of(places_.constants[id]) + ")");
            else if (port_of_[id] >= 0)
                declare_address("const " + element + "* const", name,
                                "reinterpret_cast<const " + element + "*>(" + port + ".data)");
            break;
    }
    if (port_of_[id] >= 0 && count_of(id) > 0)
        declare_address("const kernel::Place", "place" + text_of(id), port);
}

// --- One tile of VMs after the other ---

void Emitter::write_tile_loop() {
    const std::string width = text_of(width_);
    // Values that are the same for all VMs come in once.
    for (SlotId id : source_.ports)
        if (flow_.uniform[id]) begin_slot(id);
    out_.line("for (tile = task->begin; tile < task->end; tile += " + width + ") {");
    if (width_ == 1) {
        out_.line("status = run->statuses[tile];");
        out_.line("if (" +
                  std::string("task->phase == 0 ? (status & kernel::kFaulted) != 0 : status != "
                              "kernel::kRunning") +
                  ") continue;");
        out_.line("vm = run->first_vm + tile;");
    } else {
        out_.line("const int count = int(task->end - tile < " + width +
                  " ? task->end - tile : " + width + ");");
        out_.line("status = V::load_first(run->statuses + tile, count);");
        out_.line(
            "began = V::first_lanes(count) && (task->phase == 0 ? V::mask((status & "
            "V::u32(kernel::kFaulted)) == V::u32(0)) : V::mask(status == V::u32(0)));");
        out_.line("if (V::none(began)) continue;");
        out_.line("live = began;");
        out_.line("status = V::select(began, V::u32(0), status);");
        out_.line("vm = V::i64(run->first_vm + tile) + V::lane_numbers<V::i64>();");
    }
    if (options_.fuel) {
        out_.line("fuel = " + std::string(fuel_type()) + "(run->fuel);");
        if (!source_.collectives.empty())
            out_.line("if (task->phase != 0) fuel = " + load_fuel() + ";");
    }
    begin_vms();
    write_phases();
    cut_.before = out_.take();
    write_program();
    for (std::size_t phase = 1; phase < saved_by_phase_.size(); ++phase) {
        out_.label("wait" + text_of(static_cast<std::int64_t>(phase)));
        out_.line("{");
        if (width_ == 1) out_.line("status = kernel::kRunning;");
        store_saved(phase);
        out_.line("goto finish;");
        out_.line("}");
    }
    out_.line("finish:;");
    end_vms();
    out_.line("if (*stop != 0) break;");
    out_.line("}");
}

void Emitter::write_phases() {
    if (source_.collectives.empty()) {
        write_jump_together(0, 0);
        return;
    }
    out_.line("switch (task->phase) {");
    for (std::size_t phase = 0; phase < saved_by_phase_.size(); ++phase) {
        out_.line("case " + text_of(static_cast<std::int64_t>(phase)) + ": {");
        const RoutineId target =
            phase == 0 ? 0 : program_.routines[source_.collectives[phase - 1]].terminator.target;
        if (phase > 0) load_saved(phase);
        write_jump_together(target, target);
        out_.line("}");
    }
    out_.line("default: goto stopped;");
    out_.line("}");
}

// --- What comes in and goes out ---

void Emitter::begin_vms() {
    for (SlotId id : source_.ports)
        if (!flow_.uniform[id]) begin_slot(id);
}

void Emitter::begin_slot(SlotId id) {
    const DType dtype = type_of(id).dtype;
    if (places_.home[id] == Home::Fixed || places_.home[id] == Home::None) return;
    if (places_.home[id] == Home::Host) return begin_host_array(id);
    const bool by_number = places_.home[id] == Home::Variables;
    const std::string place = "place" + text_of(id);
    const std::string size = text_of(ir::size_of(dtype));
    const Meaning meaning = meaning_of(id);
    const bool is_output = program_.slots[id].storage == Storage::Output;
    auto fill = [&](const At& at, const std::string& value) {
        if (by_number)
            out_.line(name_of(id, at) + " = " + value + ";");
        else
            out_.line(prefix(meaning) + "store_lanes(s" + text_of(id) + " + (" + at.str() + ") * " +
                      text_of(width_) + ", " + value + ");");
    };
    auto load = [&](const At& at) {
        const std::string element =
            "reinterpret_cast<const " + memory_type(dtype) + "*>(" + place + ".data + ";
        if (meaning == Meaning::Scalar) {
            const std::string vm = flow_.uniform[id] ? "" : "tile * " + place + ".stride + ";
            fill(at, "S::load_element(" + element + vm + "(" + at.str() + ") * " + size + "))");
        } else {
            fill(at, "V::load_vms(" + element + "tile * " + place + ".stride + (" + at.str() +
                         ") * " + size + "), " + place + ".stride, count)");
        }
    };
    const std::string zero = type_text(meaning, dtype) + "(0)";
    // An output is zero when a turn begins; in a later phase it is what it was.
    if (is_output && source_.collectives.empty()) {
        count_loop(count_of(id), by_number, [&](const At& at) { fill(at, zero); });
        return;
    }
    if (is_output) {
        out_.line("if (task->phase == 0) {");
        count_loop(count_of(id), by_number, [&](const At& at) { fill(at, zero); });
        out_.line("} else {");
    }
    count_loop(count_of(id), by_number, load);
    if (is_output) out_.line("}");
}

// Used where it lies. An output is zero when a turn begins.
void Emitter::begin_host_array(SlotId id) {
    const std::string name = "s" + text_of(id);
    const std::string place = "place" + text_of(id);
    const std::string element = memory_type(type_of(id).dtype);
    out_.line(name + " = reinterpret_cast<" + element + "*>(" + place + ".data + tile * " + place +
              ".stride);");
    if (program_.slots[id].storage != Storage::Output || !needs_zeros(id)) return;
    if (is_written_at_the_end(id)) return;
    if (!source_.collectives.empty()) out_.line("if (task->phase == 0) {");
    out_.line("__builtin_memset(" + name + ", 0, " + text_of(ir::byte_count(type_of(id))) + ");");
    if (!source_.collectives.empty()) out_.line("}");
}

// Not when the first thing that the program does with it is to write all of it, and no VM ends
// before.
bool Emitter::needs_zeros(SlotId id) const {
    for (const Segment& segment : segments_.segments[0]) {
        bool writes = false;
        for (std::size_t number : segment.instructions) {
            const ir::Instruction& instruction = program_.routines[0].instructions[number];
            const auto& operands = instruction.operands;
            if (std::find(operands.begin(), operands.end(), id) != operands.end()) return true;
            if (ir::may_fault(program_, instruction)) return true;
            if (instruction.result == id && !ir::is_in_place(instruction.op)) writes = true;
        }
        if (writes) return false;
    }
    return true;
}

// Whether the program does nothing with the output but write all of it when nothing can go wrong
// any more. Then it needs zeros only when a VM ends before.
bool Emitter::is_written_at_the_end(SlotId id) const {
    if (!source_.collectives.empty()) return false;
    for (RoutineId routine = 0; routine < program_.routines.size(); ++routine) {
        if (!flow_.reached[routine]) continue;
        const bool is_last = program_.routines[routine].terminator.kind == Terminator::Kind::End;
        bool written = false;
        for (const ir::Instruction& instruction : program_.routines[routine].instructions) {
            if (written && ir::may_fault(program_, instruction)) return false;
            const auto& operands = instruction.operands;
            if (std::find(operands.begin(), operands.end(), id) != operands.end()) return false;
            if (instruction.result != id) continue;
            if (!is_last || ir::is_in_place(instruction.op)) return false;
            written = true;
        }
        if (is_last && !written) return false;
    }
    return true;
}

void Emitter::end_vms() {
    for (SlotId id : source_.ports) {
        const Storage storage = program_.slots[id].storage;
        if (storage == Storage::State || storage == Storage::Output) end_slot(id);
    }
    if (width_ == 1) {
        out_.line("run->statuses[tile] = status;");
        out_.line("if (status != kernel::kRunning) ++task->finished;");
    } else {
        out_.line("V::store_vms(run->statuses + tile, 4, status, began);");
        out_.line("task->finished += V::count_lanes(began && V::mask(status != V::u32(0)));");
    }
}

// What leaves a VM holds no NaN but the canonical one.
void Emitter::end_slot(SlotId id) {
    if (places_.home[id] == Home::Host) {
        if (program_.slots[id].storage == Storage::Output && needs_zeros(id) &&
            is_written_at_the_end(id))
            out_.line("if (status != kernel::kFinished) __builtin_memset(s" + text_of(id) +
                      ", 0, " + text_of(ir::byte_count(type_of(id))) + ");");
        return;
    }
    const DType dtype = type_of(id).dtype;
    const bool by_number = places_.home[id] == Home::Variables;
    const std::string place = "place" + text_of(id);
    count_loop(count_of(id), by_number, [&](const At& at) {
        std::string value = read(id, at).text;
        const Meaning meaning = meaning_of(id);
        if (ir::is_float(dtype)) value = prefix(meaning) + "canonical(" + value + ")";
        const std::string address = "reinterpret_cast<" + memory_type(dtype) + "*>(" + place +
                                    ".data + tile * " + place + ".stride + (" + at.str() + ") * " +
                                    text_of(ir::size_of(dtype)) + ")";
        if (width_ == 1)
            out_.line("S::store_element(" + address + ", " + value + ");");
        else
            out_.line("V::store_vms(" + address + ", " + place + ".stride, " + value + ", began);");
    });
}

}  // namespace dunlin::jit
