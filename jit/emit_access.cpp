// Reading and writing slots, and walking over elements.
#include <algorithm>

#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::SlotId;

At Point::at(const ir::Strides& strides, const At& base) const {
    std::int64_t known = base.fixed ? base.number : 0;
    std::string text = base.fixed ? "" : base.text;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        if (strides[axis] == 0) continue;
        if (axes[axis].fixed) {
            known += axes[axis].number * strides[axis];
            continue;
        }
        if (!text.empty()) text += " + ";
        text += axes[axis].text;
        if (strides[axis] != 1) text += " * " + std::to_string(strides[axis]);
    }
    if (text.empty()) return {true, known, ""};
    if (known != 0) text += " + " + std::to_string(known);
    return {false, 0, text};
}

Meaning Emitter::meaning_of(SlotId slot) const {
    if (side_by_side_.count(slot) > 0) return Meaning::Lanes;
    return flow_.uniform[slot] ? Meaning::Scalar : lanes();
}

std::string Emitter::name_of(SlotId slot, const At& at) const {
    std::string name = "s" + std::to_string(slot);
    if (count_of(slot) > 1) name += "_" + std::to_string(at.number);
    return name;
}

std::string Emitter::as(const Value& value, Meaning meaning, DType dtype) const {
    if (value.meaning == meaning) return value.text;
    if (width_ == 1 && side_by_side_.empty()) return value.text;
    return type_text(Meaning::Lanes, dtype) + "(" + value.text + ")";
}

std::string Emitter::in_lanes(const Value& value, DType dtype) const {
    return as(value, lanes(), dtype);
}

Value Emitter::bind(const Value& value, DType dtype) {
    const std::string name = fresh("t");
    out_.line("const " + type_text(value.meaning, dtype) + " " + name + " = " + value.text + ";");
    return {name, value.meaning};
}

// The place of an element of an array in memory: the first of its lanes.
static std::string element_place(const std::string& array, const At& at, int lanes) {
    if (at.fixed) return array + " + " + std::to_string(at.number * lanes);
    if (lanes == 1) return array + " + (" + at.text + ")";
    return array + " + (" + at.text + ") * " + std::to_string(lanes);
}

void Emitter::find_filled() {
    filled_.assign(program_.slots.size(), false);
    for (SlotId slot = 0; slot < program_.slots.size(); ++slot) {
        const ir::Slot& described = program_.slots[slot];
        if (described.storage != ir::Storage::Constant || count_of(slot) < 2) continue;
        const std::vector<std::byte>& bytes = program_.constants[described.constant].bytes;
        const int size = ir::size_of(described.type.dtype);
        filled_[slot] = std::equal(bytes.begin() + size, bytes.end(), bytes.begin());
    }
}

std::string Emitter::for_host(SlotId slot, Meaning meaning, const std::string& text) const {
    const bool may_be_nan = ir::is_float(type_of(slot).dtype) && flow_.kept[slot];
    return may_be_nan ? prefix(meaning) + "canonical(" + text + ")" : text;
}

Value Emitter::read(SlotId slot, const At& at) {
    if (side_by_side_.count(slot) > 0) return read_lines(slot, at);
    const Home home = places_.home[slot];
    const std::string array = "s" + std::to_string(slot);
    const Meaning meaning = meaning_of(slot);
    switch (home) {
        case Home::Variables: return {name_of(slot, at), meaning};
        case Home::Host:
        case Home::Tile:
            return {prefix(meaning) + "load_lanes(" + element_place(array, at, width_) + ")",
                    meaning};
        case Home::Plain:
        case Home::Fixed: {
            const ir::Slot& described = program_.slots[slot];
            const bool is_constant = described.storage == ir::Storage::Constant;
            const bool is_one = count_of(slot) == 1 || is_filled(slot);
            if (is_constant && (at.fixed || is_one))
                return {literal(program_.constants[described.constant], is_one ? 0 : at.number),
                        Meaning::Scalar};
            return {"S::load_element(" + element_place(array, at, 1) + ")", Meaning::Scalar};
        }
        case Home::None: break;
    }
    return {"", meaning};
}

void Emitter::write(SlotId slot, const At& at, const Value& value) {
    if (side_by_side_.count(slot) > 0) return write_lines(slot, at, value);
    const DType dtype = type_of(slot).dtype;
    const Meaning meaning = meaning_of(slot);
    const std::string text = as(value, meaning, dtype);
    const bool masked = width_ > 1 && flow_.masked(routine_, slot);
    const std::string mask = masked_ ? "m" : "live";
    const std::string array = "s" + std::to_string(slot);
    if (places_.home[slot] == Home::Variables) {
        const std::string name = name_of(slot, at);
        if (masked)
            out_.line(name + " = V::select(" + mask + ", " + text + ", " + name + ");");
        else
            out_.line(name + " = " + text + ";");
    } else if (places_.home[slot] == Home::Host) {
        const std::string element = type_text(meaning, dtype) + "(" + text + ")";
        out_.line("S::store_element(" + element_place(array, at, 1) + ", " +
                  for_host(slot, Meaning::Scalar, element) + ");");
    } else if (places_.home[slot] == Home::Tile) {
        const std::string exact =
            meaning == Meaning::Scalar ? type_text(meaning, dtype) + "(" + text + ")" : text;
        out_.line(prefix(meaning) + "store_lanes(" + element_place(array, at, width_) + ", " +
                  exact + (masked ? ", " + mask : "") + ");");
    } else {
        out_.line("S::store_element(" + element_place(array, at, 1) + ", " +
                  type_text(Meaning::Scalar, dtype) + "(" + text + "));");
    }
}

Meaning Emitter::joint_meaning(const ir::Instruction& instruction) const {
    for (SlotId operand : instruction.operands)
        if (meaning_of(operand) == Meaning::Lanes) return Meaning::Lanes;
    return Meaning::Scalar;
}

void merge_axes(ir::Shape& shape, std::vector<ir::Strides>& accesses) {
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        if (shape[axis] != 1) continue;
        shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
        for (ir::Strides& strides : accesses)
            strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(axis));
    }
    for (std::size_t axis = shape.size(); axis-- > 1;) {
        const bool as_one = std::all_of(accesses.begin(), accesses.end(), [&](const auto& strides) {
            return strides[axis - 1] == strides[axis] * shape[axis];
        });
        if (!as_one) continue;
        shape[axis - 1] *= shape[axis];
        shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
        for (ir::Strides& strides : accesses)
            strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(axis) - 1);
    }
}

void Emitter::walk(
    const ir::Shape& full_shape, std::vector<ir::Strides> accesses, bool unrolled,
    const std::function<void(const Point&, const std::vector<ir::Strides>&)>& visit) {
    ir::Shape shape = full_shape;
    if (ir::element_count(shape) == 0) return;
    merge_axes(shape, accesses);
    Point point;
    if (!unrolled) {
        for (std::int64_t size : shape) {
            const std::string name = fresh("i");
            out_.line("for (S::i64 " + name + " = 0; " + name + " < " + std::to_string(size) +
                      "; ++" + name + ") {");
            point.axes.push_back({false, 0, name});
        }
        visit(point, accesses);
        for (std::size_t k = 0; k < shape.size(); ++k) out_.line("}");
        return;
    }
    point.axes.resize(shape.size());
    const std::int64_t count = ir::element_count(shape);
    for (std::int64_t k = 0; k < count; ++k) {
        std::int64_t rest = k;
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            point.axes[axis] = {true, rest % shape[axis], ""};
            rest /= shape[axis];
        }
        visit(point, accesses);
    }
}

void Emitter::count_loop(std::int64_t count, bool unrolled,
                         const std::function<void(const At&)>& visit) {
    walk({count}, {{1}}, unrolled,
         [&](const Point& point, const std::vector<ir::Strides>& strides) {
             visit(point.at(strides[0]));
         });
}

}  // namespace dunlin::jit
