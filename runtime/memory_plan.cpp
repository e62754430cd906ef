// The memory of a batch: how much it needs, how many VMs at a time, and the arrays.
#include <algorithm>
#include <cstring>

#include "runtime/batch.hpp"
#include "runtime/device_cpu.hpp"
#include "runtime/device_interpreter.hpp"
#include "runtime/memory.hpp"

namespace dunlin {

namespace {

using runtime::Buffer;
using runtime::bytes_text;

// Sums of sizes below this do not overflow.
constexpr double kMaxBytes = static_cast<double>(std::int64_t{1} << 48);

// Batches with more VMs are cut into chunks, and so are those that need more than this share of the
// memory there is.
constexpr std::int64_t kMostVmsAtOnce = std::int64_t{1} << 22;
constexpr double kShareOfMemory = 0.5;
// What a chunk is to be: large enough for every worker, small enough to be nothing beside the rest.
constexpr std::int64_t kChunkVms = std::int64_t{1} << 20;
constexpr double kChunkBytes = 64.0 * (1 << 20);

bool holds_for_host(ir::Storage storage) {
    return storage == ir::Storage::State || storage == ir::Storage::Output;
}

std::string vms_text(std::int64_t vms) {
    return std::to_string(vms) + (vms == 1 ? " VM" : " VMs");
}

}  // namespace

// Of outputs and states, and of inputs that must be converted. A double cannot overflow; precision
// does not matter for what is too large.
double Batch::Implementation::array_bytes(std::int64_t vms) const {
    double bytes = 0;
    for (const ir::Slot& slot : code().slots)
        if (holds_for_host(slot.storage))
            bytes += static_cast<double>(ir::byte_count(slot.type)) * static_cast<double>(vms);
    for (const auto& [name, value] : bound) {
        const Port& port = *program.port(name);
        if (used_where_it_lies(port, value)) continue;
        double count = static_cast<double>(value.value().count());
        if (value.per_vm) count *= static_cast<double>(vms);
        bytes += count * size_of(port.type.dtype);
    }
    return bytes;
}

// Of whoever runs the VMs. VMs that meet need memory each at the same time; others share that of
// one, or that of the lanes of each worker.
double Batch::Implementation::working_bytes(std::int64_t vms) const {
    const auto of_one = static_cast<double>(code().vm_bytes);
    const double at_least = code().has_collectives() ? of_one * static_cast<double>(vms) : of_one;
    if (array_bytes(vms) + at_least >= kMaxBytes) return at_least;
    if (kernel != nullptr)
        return static_cast<double>(
            runtime::kernel_working_bytes(code(), kernel->source, vms, threads()));
    const bool resumable = pending != nullptr;
    const auto interpreted =
        static_cast<double>(runtime::interpreter_working_bytes(code(), vms, resumable));
    if (pending == nullptr) return interpreted;
    // Before there is a kernel, this is about what it will need.
    const jit::KernelOptions& choice = pending->choice().options;
    const auto workers = static_cast<double>(std::min<std::int64_t>(threads(), vms));
    const double at_once = choice.elements ? 1 : choice.width * workers;
    const double in_kernel = at_least + of_one * at_once;
    const bool kernel_alone = options.execution.device == Device::Cpu ||
                              !runtime::cheap_to_interpret_together(code(), vms);
    return kernel_alone ? in_kernel : std::max(interpreted, in_kernel);
}

// VMs of a chunk when nobody has said how many.
std::int64_t Batch::Implementation::suitable_room() const {
    if (code().has_collectives()) return whole.vms;
    auto need = [this](std::int64_t vms) {
        return array_bytes(vms) + working_bytes(vms) +
               static_cast<double>(vms * runtime::Statuses::kBytesPerVm);
    };
    const auto available = static_cast<double>(runtime::available_memory());
    if (whole.vms <= kMostVmsAtOnce && need(whole.vms) <= kShareOfMemory * available)
        return whole.vms;
    const double of_one = std::max(1.0, need(kChunkVms) / static_cast<double>(kChunkVms));
    const double bytes = std::min(kChunkBytes, kShareOfMemory * available);
    std::int64_t vms =
        static_cast<std::int64_t>(std::clamp(bytes / of_one, 1.0, static_cast<double>(kChunkVms)));
    if (vms > jit::kTileVms) vms -= vms % jit::kTileVms;
    return std::min(vms, whole.vms);
}

Failure Batch::Implementation::check_memory() {
    const double arrays = array_bytes(room);
    const double of_statuses =
        static_cast<double>(room) * static_cast<double>(runtime::Statuses::kBytesPerVm);
    const double working = working_bytes(room);
    const double total = arrays + of_statuses + working;
    const auto available = static_cast<double>(runtime::available_memory());
    if (total > available) {
        std::string help;
        if (code().has_collectives())
            help = "its VMs wait for each other, so that it cannot be run in chunks";
        else if (room > 1)
            help = "run fewer VMs at a time";
        return Error{"out_of_memory",
                     "a batch of " + vms_text(room) + " needs " + bytes_text(total) + " (arrays " +
                         bytes_text(arrays) + ", statuses " + bytes_text(of_statuses) +
                         ", working memory " + bytes_text(working) + "), but " +
                         bytes_text(available) + " are available",
                     help};
    }
    memory_bytes = static_cast<std::int64_t>(total);
    vm_memory_bytes = code().vm_bytes;
    return {};
}

Failure Batch::Implementation::allocate() {
    auto refused = [](std::int64_t bytes) {
        return Error{"out_of_memory",
                     "the system refused " + bytes_text(static_cast<double>(bytes)), ""};
    };
    bindings.assign(code().slots.size(), {});
    for (ir::SlotId id = 0; id < code().slots.size(); ++id) {
        const ir::Slot& slot = code().slots[id];
        if (!holds_for_host(slot.storage)) continue;
        std::int64_t bytes = ir::byte_count(slot.type);
        // Zeroed by the system when first touched.
        Buffer buffer(static_cast<std::byte*>(
            std::calloc(static_cast<std::size_t>(std::max<std::int64_t>(1, bytes * room)), 1)));
        if (!buffer) return refused(bytes * room);
        bindings[id] = {buffer.get(), bytes};
        buffers.push_back(std::move(buffer));
    }
    if (!statuses.reset(room)) return refused(room * runtime::Statuses::kBytesPerVm);
    if (kernel != nullptr) kernel_memory.saved(runtime::saved_bytes(kernel->source, room));
    return {};
}

// From one chunk to another: as if the batch had just been allocated for it.
Failure Batch::Implementation::move_to(Piece next) {
    piece = next;
    first_turn = true;
    for (ir::SlotId id = 0; id < code().slots.size(); ++id) {
        const ir::Binding& place = bindings[id];
        if (code().slots[id].storage == ir::Storage::State && place.stride > 0)
            std::memset(place.data, 0, static_cast<std::size_t>(place.stride * next.vms));
    }
    statuses.reset(next.vms);
    return attach_inputs();
}

}  // namespace dunlin
