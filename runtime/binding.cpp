// Values for a batch: their checks, the number of VMs, the memory needed, and the arrays.
#include <algorithm>

#include "runtime/batch.hpp"
#include "runtime/convert.hpp"
#include "runtime/memory.hpp"

namespace dunlin {

namespace {

using runtime::Bound;
using runtime::Buffer;
using runtime::bytes_text;
using runtime::quoted;

// No batch may need more than this many bytes, or have more VMs, so that sums of sizes do not
// overflow.
constexpr std::int64_t kMaxBatch = std::int64_t{1} << 48;

bool holds_for_host(ir::Storage storage) {
    return storage == ir::Storage::State || storage == ir::Storage::Output;
}

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
    piece = options.piece.value_or(Piece{0, vm_count});
    return {};
}

Failure Batch::Implementation::check_request() const {
    if (!program.ok())
        return Error{"bad_request", "the program has errors, so it cannot be run", ""};
    if (vm_count < 1 || vm_count > kMaxBatch)
        return shape_error("a batch has at least one VM, and at most 2^48");
    if (piece.vms < 1 || piece.first_vm < 0 || piece.first_vm > vm_count - piece.vms)
        return Error{"bad_request", "the piece does not lie inside the batch", ""};
    if (code().has_collectives() && piece.vms != vm_count)
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

Failure Batch::Implementation::check_memory() {
    double arrays = 0;  // a double cannot overflow; precision does not matter for what is too large
    for (const ir::Slot& slot : code().slots)
        if (holds_for_host(slot.storage))
            arrays +=
                static_cast<double>(ir::byte_count(slot.type)) * static_cast<double>(piece.vms);
    for (const auto& [name, value] : bound) {
        const Port& port = *program.port(name);
        double count = static_cast<double>(value.array.count());
        if (!used_where_it_lies(port, value)) arrays += count * size_of(port.type.dtype);
    }
    double statuses_bytes = static_cast<double>(piece.vms) * sizeof(ir::VmStatus);
    // VMs that meet need memory each at the same time; others share one piece.
    double lower_bound = code().has_collectives()
                             ? static_cast<double>(code().vm_bytes) * static_cast<double>(piece.vms)
                             : 0;
    double working = lower_bound;
    if (arrays + statuses_bytes + lower_bound < static_cast<double>(kMaxBatch))
        working = static_cast<double>(ir::working_bytes(code(), piece.vms));
    double total = arrays + statuses_bytes + working;
    auto available = static_cast<double>(runtime::available_memory());
    if (total > available) {
        return Error{"out_of_memory",
                     "a batch of " + std::to_string(piece.vms) + (piece.vms == 1 ? " VM" : " VMs") +
                         " needs " + bytes_text(total) + " (arrays " + bytes_text(arrays) +
                         ", statuses " + bytes_text(statuses_bytes) + ", working memory " +
                         bytes_text(working) + "), but " + bytes_text(available) + " are available",
                     piece.vms == 1 ? "" : "run fewer VMs at a time"};
    }
    memory_bytes = static_cast<std::int64_t>(total);
    vm_memory_bytes = code().vm_bytes;
    return {};
}

Failure Batch::Implementation::allocate() {
    bindings.assign(code().slots.size(), {});
    for (ir::SlotId id = 0; id < code().slots.size(); ++id) {
        const ir::Slot& slot = code().slots[id];
        if (!holds_for_host(slot.storage)) continue;
        std::int64_t bytes = ir::byte_count(slot.type);
        // Zeroed by the system when first touched.
        Buffer buffer(static_cast<std::byte*>(std::calloc(
            static_cast<std::size_t>(std::max<std::int64_t>(1, bytes * piece.vms)), 1)));
        if (!buffer)
            return Error{"out_of_memory",
                         "the system refused " + bytes_text(static_cast<double>(bytes * piece.vms)),
                         ""};
        bindings[id] = {buffer.get(), bytes};
        buffers.push_back(std::move(buffer));
    }
    statuses.assign(static_cast<std::size_t>(piece.vms), {});
    return {};
}

Failure Batch::Implementation::attach_inputs() {
    for (auto& [name, value] : bound) {
        const Port& port = *program.port(name);
        if (value.per_vm) {
            value.array.data += piece.first_vm * value.array.strides[0];
            value.array.type.shape[0] = piece.vms;
        }
        if (!used_where_it_lies(port, value)) {
            auto copy = contiguous_copy(value.array, port.type.dtype);
            if (!copy) return copy.error();
            value.array = *copy;
        }
        // Inputs are never written, so that the binding's pointer may lose its const.
        bindings[slot_of(port)] = {const_cast<std::byte*>(value.array.data),
                                   value.per_vm ? value.array.strides[0] : 0};
    }
    return {};
}

}  // namespace dunlin
