// VMs one after the other in every lane: a lane whose VM has ended takes the next one.
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::SlotId;
using ir::Storage;

void Emitter::write_refill_loop() {
    for (SlotId id : source_.ports)
        if (flow_.uniform[id]) begin_slot(id);
    out_.line("next = task->begin;");
    out_.line("V::i64 own = V::i64(0);");  // by lane: its VM, counted from the first that is bound
    out_.line("live = V::no_lanes();");
    out_.line("began = V::no_lanes();");
    out_.line("status = V::u32(0);");
    out_.line("for (;;) {");
    out_.line("{");
    out_.line("const V::mask fresh = V::take_vms(live, next, task->end, run->statuses, own);");
    out_.line("if (V::any(fresh)) {");
    out_.line("live = live || fresh;");
    out_.line("began = began || fresh;");
    out_.line("status = V::select(fresh, V::u32(0), status);");
    out_.line("vm = own + V::i64(run->first_vm);");
    if (options_.fuel) out_.line("fuel = V::select(fresh, V::u64(run->fuel), fuel);");
    for (SlotId id : source_.ports) {
        if (flow_.uniform[id] || places_.home[id] == Home::Fixed) continue;
        const DType dtype = type_of(id).dtype;
        const bool by_number = places_.home[id] == Home::Variables;
        const bool is_output = program_.slots[id].storage == Storage::Output;
        const std::string place = "place" + text_of(id);
        count_loop(count_of(id), by_number, [&](const At& at) {
            const std::string old = read(id, at).text;
            const std::string type = type_text(Meaning::Lanes, dtype);
            std::string value;
            if (is_output)
                value = "V::select(fresh, " + type + "(0), " + type + "(" + old + "))";
            else
                value = "V::load_own(reinterpret_cast<const " + memory_type(dtype) + "*>(" + place +
                        ".data + (" + at.str() + ") * " + text_of(ir::size_of(dtype)) + "), " +
                        place + ".stride, own, " + type + "(" + old + "), fresh)";
            if (by_number)
                out_.line(name_of(id, at) + " = " + value + ";");
            else
                out_.line("V::store_lanes(s" + text_of(id) + " + (" + at.str() + ") * " +
                          text_of(width_) + ", " + value + ");");
        });
    }
    out_.line("m0 = m0 || fresh;");
    out_.line("}");
    out_.line("}");
    out_.line("if (V::none(live)) break;");
    out_.line("goto R" + text_of(flow_.region_of[0]) + ";");
    cut_.before = out_.take();
    write_program();
    out_.line("finish:;");
    out_.line("if (const V::mask ended = began && !live; V::any(ended)) {");
    for (SlotId id : source_.ports) {
        const Storage storage = program_.slots[id].storage;
        if (storage != Storage::State && storage != Storage::Output) continue;
        const DType dtype = type_of(id).dtype;
        const bool by_number = places_.home[id] == Home::Variables;
        const std::string place = "place" + text_of(id);
        count_loop(count_of(id), by_number, [&](const At& at) {
            std::string value = read(id, at).text;
            if (ir::is_float(dtype)) value = "V::canonical(" + value + ")";
            out_.line("V::store_own(reinterpret_cast<" + memory_type(dtype) + "*>(" + place +
                      ".data + (" + at.str() + ") * " + text_of(ir::size_of(dtype)) + "), " +
                      place + ".stride, own, " + value + ", ended);");
        });
    }
    out_.line("V::store_own(run->statuses, 4, own, status, ended);");
    out_.line("task->finished += V::count_lanes(ended);");
    out_.line("began = live;");
    out_.line("}");
    out_.line("if (*stop != 0) break;");
    out_.line("}");
}

}  // namespace dunlin::jit
