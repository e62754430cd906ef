// VMs that wait for a collective: what is put by, and taken up again.
#include <algorithm>

#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;

const char* Emitter::fuel_type() const {
    return flow_.uniform_fuel || width_ == 1 ? "S::u64" : "V::u64";
}

// What is left lies with what else waits for a collective: a number for each VM.
std::string Emitter::fuel_place() const {
    std::string base = "run->saved";
    for (const SavedSlot& other : source_.saved)
        if (other.slot != ir::kNoSlot)
            base += " + (run->vms + " + text_of(kTileVms - 1) + ") / " + text_of(kTileVms) + " * " +
                    text_of(kTileVms * other.bytes);
    return "reinterpret_cast<S::u64*>(" + base + " + tile * 8)";
}
std::string Emitter::load_fuel() const {
    if (width_ == 1) return "*" + fuel_place();
    const std::string lanes = "V::load_vms(" + fuel_place() + ", 8, count)";
    return flow_.uniform_fuel ? "V::extract(" + lanes + ", V::first_lane(began))" : lanes;
}
void Emitter::store_fuel() {
    if (width_ == 1)
        out_.line("*" + fuel_place() + " = fuel;");
    else
        out_.line("V::store_vms(" + fuel_place() + ", 8, V::u64(fuel), live);");
}

std::string Emitter::saved_place(const SavedSlot& saved, const std::string& element) {
    std::string base = "run->saved";
    for (const SavedSlot& other : source_.saved) {
        if (other.slot == saved.slot) break;
        base += " + room * " + text_of(other.bytes);
    }
    const std::string type = memory_type(type_of(saved.slot).dtype);
    const std::string size = text_of(ir::size_of(type_of(saved.slot).dtype));
    // By VM: [vm][element]; else [tile][element][lane].
    const std::string offset =
        saved.by_vm ? "tile * " + text_of(saved.bytes) + " + (" + element + ") * " + size
                    : "tile * " + text_of(saved.bytes) + " + (" + element + ") * " +
                          text_of(width_) + " * " + size;
    return "reinterpret_cast<" + type + "*>(" + base + " + " + offset + ")";
}

// The room for a value of every VM, and what the phase before has put by.
void Emitter::for_each_saved(
    std::size_t phase, const std::function<void(const SavedSlot& saved, const At& at)>& visit) {
    out_.line("const S::i64 room = (run->vms + " + text_of(kTileVms - 1) + ") / " +
              text_of(kTileVms) + " * " + text_of(kTileVms) + ";");
    const auto& slots = saved_by_phase_[phase];
    for (const SavedSlot& saved : source_.saved) {
        if (std::find(slots.begin(), slots.end(), saved.slot) == slots.end()) continue;
        const bool by_number = places_.home[saved.slot] == Home::Variables;
        count_loop(count_of(saved.slot), by_number, [&](const At& at) { visit(saved, at); });
    }
}

void Emitter::store_saved(std::size_t phase) {
    if (options_.fuel) store_fuel();
    for_each_saved(phase, [&](const SavedSlot& saved, const At& at) {
        const DType dtype = type_of(saved.slot).dtype;
        const std::string value =
            lanes_type(dtype) + "(" + in_lanes(read(saved.slot, at), dtype) + ")";
        const std::string place = saved_place(saved, at.str());
        if (width_ == 1)
            out_.line("S::store_element(" + place + ", " + value + ");");
        else if (saved.by_vm)
            out_.line("V::store_vms(" + place + ", " + text_of(saved.bytes) + ", " + value +
                      ", live);");
        else
            out_.line("V::store_lanes(" + place + ", " + value + ");");
    });
}

void Emitter::load_saved(std::size_t phase) {
    for_each_saved(phase, [&](const SavedSlot& saved, const At& at) {
        const std::string place = saved_place(saved, at.str());
        std::string value;
        if (width_ == 1)
            value = "S::load_element(" + place + ")";
        else if (saved.by_vm)
            value = "V::load_vms(" + place + ", " + text_of(saved.bytes) + ", count)";
        else
            value = "V::load_lanes(" + place + ")";
        // A value that is the same for all VMs is that of the first that lives.
        if (meaning_of(saved.slot) == Meaning::Scalar && width_ > 1)
            value = "V::extract(" + lanes_type(type_of(saved.slot).dtype) + "(" + value +
                    "), V::first_lane(live))";
        const std::string name = name_of(saved.slot, at);
        const Home home = places_.home[saved.slot];
        if (home == Home::Variables)
            out_.line(name + " = " + value + ";");
        else if (home == Home::Tile)
            out_.line(prefix(lanes()) + "store_lanes(s" + text_of(saved.slot) + " + (" + at.str() +
                      ") * " + text_of(width_) + ", " + value + ");");
        else
            out_.line("S::store_element(s" + text_of(saved.slot) + " + (" + at.str() + "), " +
                      value + ");");
    });
}

}  // namespace dunlin::jit
