// Values for a batch: their checks, the number of VMs, where the inputs lie.
#include <algorithm>

#include "runtime/batch.hpp"
#include "runtime/convert.hpp"

namespace dunlin {

namespace {

using runtime::Bound;
using runtime::quoted;

// No batch may have more VMs, so that sums of sizes do not overflow.
constexpr std::int64_t kMaxBatch = std::int64_t{1} << 48;

bool same_kind_and_fits(DType from, DType to) {
    return ir::kind_of(runtime::to_ir(from)) == ir::kind_of(runtime::to_ir(to)) &&
           size_of(from) <= size_of(to);
}

Error shape_error(std::string message, std::string help = {}) {
    return {"batch_shape", std::move(message), std::move(help)};
}

Error wrong_shape(const Port& port, const Shape& found) {
    std::string alike = ir::to_string(port.type.shape);
    std::string message = std::string(name_of(port.kind)) + " " + quoted(port.name) + " is " +
                          to_string(port.type) + ", the array has shape " + ir::to_string(found);
    if (port.kind == PortKind::Shared) return shape_error(message, "expected shape " + alike);
    std::string inner = alike.substr(1);
    return shape_error(message, "expected shape [N" + std::string(inner == "]" ? "" : ", ") +
                                    inner + ", one entry per VM, or " + alike +
                                    ", the same for every VM");
}

Failure check_type(const Port& port, DType found) {
    if (same_kind_and_fits(found, port.type.dtype)) return {};
    std::string expected(name_of(port.type.dtype));
    return Error{"wrong_type",
                 std::string(name_of(port.kind)) + " " + quoted(port.name) +
                     " has elements of type " + expected + ", the array has " +
                     std::string(name_of(found)),
                 "convert the array to " + expected + " first"};
}

}  // namespace

namespace runtime {

Error unknown_port(const Program& program, std::string_view name, const std::string& wanted,
                   std::initializer_list<PortKind> kinds) {
    std::vector<std::string> known;
    for (const Port& port : program.ports())
        if (std::find(kinds.begin(), kinds.end(), port.kind) != kinds.end())
            known.push_back(port.name);
    std::string help;
    std::string nearest = nearest_name(name, known);
    if (!nearest.empty())
        help = "did you mean " + quoted(nearest) + "?";
    else if (known.empty())
        help = "the program has none";
    return {"unknown_name", "no " + wanted + " is called " + quoted(name), help};
}

}  // namespace runtime

Result<const Port*> Batch::Implementation::bindable(std::string_view name) const {
    const Port* port = program.port(name);
    if (port && (port->kind == PortKind::Input || port->kind == PortKind::Shared)) return port;
    if (port) {
        std::string kind = port->kind == PortKind::Output ? "an output" : "a state";
        return Error{"unknown_name",
                     quoted(name) + " is " + kind + ", which cannot be given a value", ""};
    }
    return runtime::unknown_port(program, name, "input or shared value",
                                 {PortKind::Input, PortKind::Shared});
}

Failure Batch::Implementation::bind(const Port& port, const Array& array) {
    if (prepared)
        return Error{"bad_request", "nothing can be bound once the batch is prepared", ""};
    if (auto error = check_type(port, array.type.dtype)) return error;
    const Shape& shape = array.type.shape;
    Bound value{array, port.kind == PortKind::Input && shape.size() == port.type.shape.size() + 1};
    Shape inner(shape.begin() + (value.per_vm ? 1 : 0), shape.end());
    if (inner != port.type.shape) return wrong_shape(port, shape);
    if (value.per_vm && shape[0] == 0)
        return shape_error("the array for " + quoted(port.name) + " has no VMs");
    bound[port.name] = std::move(value);
    return {};
}

Failure Batch::Implementation::set(std::string_view name, std::string_view text) {
    auto port = bindable(name);
    if (!port) return port.error();
    auto bad = [&](const std::string& why) {
        return Error{"bad_literal", quoted(name) + ": " + why, ""};
    };
    auto literal = frontend::parse_literal(std::string(text));
    if (auto* message = std::get_if<std::string>(&literal)) return bad(*message);
    const auto& value = std::get<frontend::LiteralValue>(literal);
    ir::Type wanted = runtime::to_ir((*port)->type);
    // With one axis more than the port, the leading axis is the VM axis, as for arrays.
    bool per_vm =
        (*port)->kind == PortKind::Input && value.constant.type.rank() == wanted.rank() + 1;
    if (per_vm) wanted.shape.insert(wanted.shape.begin(), value.constant.type.shape[0]);
    auto fitted = frontend::fit_literal(value, wanted);
    if (auto* message = std::get_if<std::string>(&fitted)) return bad(*message);
    auto constant = std::make_shared<ir::Constant>(std::get<ir::Constant>(std::move(fitted)));
    return bind(**port, runtime::to_array(std::move(constant)));
}

Failure Batch::Implementation::decide_vms() {
    std::string_view decided_by;
    std::optional<std::int64_t> decided = options.vms;
    for (const auto& [name, value] : bound) {
        if (!value.per_vm) continue;
        std::int64_t size = value.array.type.shape[0];
        if (!decided) {
            decided = size;
            decided_by = name;
        } else if (size != *decided) {
            std::string other =
                decided_by.empty()
                    ? "the batch has " + std::to_string(*decided) + " VMs"
                    : "that for " + quoted(decided_by) + " has " + std::to_string(*decided);
            return shape_error("the array for " + quoted(name) + " has " + std::to_string(size) +
                               " entries along its leading axis, one per VM, but " + other);
        }
    }
    vm_count = decided.value_or(1);
    whole = options.piece.value_or(Piece{0, vm_count});
    return {};
}

Failure Batch::Implementation::check_request() const {
    if (!program.ok())
        return Error{"bad_request", "the program has errors, so it cannot be run", ""};
    if (vm_count < 1 || vm_count > kMaxBatch)
        return shape_error("a batch has at least one VM, and at most 2^48");
    if (whole.vms < 1 || whole.first_vm < 0 || whole.first_vm > vm_count - whole.vms)
        return Error{"bad_request", "the piece does not lie inside the batch", ""};
    if (code().has_collectives() && whole.vms != vm_count)
        return Error{"bad_request", "a program with collectives cannot be run in pieces", ""};
    return {};
}

Failure Batch::Implementation::check_inputs() const {
    for (const Port& port : program.ports()) {
        bool needs_value = port.kind == PortKind::Input || port.kind == PortKind::Shared;
        if (needs_value && bound.find(port.name) == bound.end()) {
            return Error{"unbound_input",
                         std::string(name_of(port.kind)) + " " + quoted(port.name) + ", " +
                             to_string(port.type) + ", has no value",
                         ""};
        }
    }
    return {};
}

bool Batch::Implementation::used_where_it_lies(const Port& port, const Bound& value) const {
    return value.array.type.dtype == port.type.dtype && value.value().contiguous();
}

// Where the inputs of the VMs of the piece lie.
Failure Batch::Implementation::attach_inputs() {
    converted.clear();
    for (const auto& [name, value] : bound) {
        const Port& port = *program.port(name);
        Array array = value.array;
        if (value.per_vm) {
            array.data += piece.first_vm * array.strides[0];
            array.type.shape[0] = piece.vms;
        }
        if (!used_where_it_lies(port, value)) {
            auto copy = contiguous_copy(array, port.type.dtype);
            if (!copy) return copy.error();
            array = *copy;
            converted.push_back(array);
        }
        // Inputs are never written, so that the binding's pointer may lose its const.
        bindings[slot_of(port)] = {const_cast<std::byte*>(array.data),
                                   value.per_vm ? array.strides[0] : 0};
    }
    return {};
}

}  // namespace dunlin
