// Two runs laid beside each other.
#include <algorithm>
#include <cstring>
#include <iomanip>
#include <sstream>

#include "tests/random/modes.hpp"

namespace dunlin::random_programs {

namespace {

std::string describe(const VmStatus& status) {
    switch (status.outcome) {
        case Outcome::Finished: return "finished";
        case Outcome::Halted: return "halted";
        case Outcome::Faulted: break;
    }
    return status.fault + " (" + status.message + ") in line " + std::to_string(status.range.line) +
           ", column " + std::to_string(status.range.column);
}

// "0.5 (3fe0000000000000)"
std::string describe(DType dtype, const std::byte* element) {
    std::ostringstream text;
    text << format(Array::over(dtype, element, {})) << " (" << std::hex << std::setfill('0');
    for (int k = size_of(dtype) - 1; k >= 0; --k)
        text << std::setw(2) << std::to_integer<int>(element[k]);
    text << ")";
    return text.str();
}

// "[1, 0]" for the element of that number in row-major order.
std::string describe_place(const Shape& shape, std::int64_t number) {
    std::string text;
    for (std::size_t axis = shape.size(); axis-- > 0; number /= shape[axis])
        text = std::to_string(number % shape[axis]) + (text.empty() ? "" : ", ") + text;
    return text.empty() ? "" : "[" + text + "]";
}

std::optional<std::string> difference_of_port(const Observed& found, const Observed& expected,
                                              Piece piece) {
    auto vm_bytes = static_cast<std::size_t>(bytes_of(expected.type));
    const std::byte* wanted =
        expected.bytes.data() + static_cast<std::size_t>(piece.first_vm) * vm_bytes;
    const std::byte* here = found.bytes.data();
    if (found.bytes.size() != static_cast<std::size_t>(piece.vms) * vm_bytes)
        return found.port + " has another size";
    auto [at, other] = std::mismatch(here, here + found.bytes.size(), wanted);
    if (at == here + found.bytes.size()) return {};
    auto size = static_cast<std::size_t>(size_of(expected.type.dtype));
    std::size_t element = static_cast<std::size_t>(at - here) / size;
    std::size_t in_vm = element % (vm_bytes / size);
    std::int64_t vm = piece.first_vm + static_cast<std::int64_t>(element / (vm_bytes / size));
    return "VM " + std::to_string(vm) + ", " + found.port +
           describe_place(expected.type.shape, static_cast<std::int64_t>(in_vm)) + ": " +
           describe(expected.type.dtype, here + element * size) + ", expected " +
           describe(expected.type.dtype, wanted + element * size);
}

std::optional<std::string> difference_of_prints(const Observation& found,
                                                const std::vector<std::string>& expected) {
    for (std::size_t k = 0; k < std::max(found.prints.size(), expected.size()); ++k) {
        std::string here = k < found.prints.size() ? found.prints[k] : "nothing";
        std::string wanted = k < expected.size() ? expected[k] : "nothing";
        if (here != wanted) return "printed " + here + ", expected " + wanted;
    }
    return {};
}

// The reference is of the whole batch, what was found perhaps of a piece of it.
std::optional<std::string> difference(const Observation& found, const Observation& expected,
                                      std::int64_t print_vm) {
    if (found.error != expected.error)
        return "error " + found.error + ", expected " +
               (expected.error.empty() ? "none" : expected.error);
    for (std::size_t vm = 0; vm < found.statuses.size(); ++vm) {
        std::size_t in_batch = static_cast<std::size_t>(found.piece.first_vm) + vm;
        const VmStatus& wanted = expected.statuses[in_batch];
        if (!(found.statuses[vm] == wanted))
            return "VM " + std::to_string(in_batch) + ": " + describe(found.statuses[vm]) +
                   ", expected " + describe(wanted);
    }
    for (std::size_t k = 0; k < found.ports.size(); ++k)
        if (auto text = difference_of_port(found.ports[k], expected.ports[k], found.piece))
            return text;
    bool prints =
        print_vm >= found.piece.first_vm && print_vm < found.piece.first_vm + found.piece.vms;
    return difference_of_prints(found, prints ? expected.prints : std::vector<std::string>{});
}

}  // namespace

std::optional<Difference> compare(const Program& program, const Plan& plan,
                                  const Observation& reference, const std::vector<Way>& ways) {
    for (const Way& way : ways)
        for (const Observation& found : way.run(program, plan))
            if (auto text = difference(found, reference, plan.print_vm))
                return Difference{way.name, *text};
    return {};
}

std::optional<Difference> compare(const RandomProgram& source, const std::vector<Way>& ways) {
    auto program = Program::from_text("random.dun", source.text(), source.load_options());
    if (!program || !program->ok()) return {};
    Plan plan = plan_of(source);
    Observation reference = run_reference(*program, plan);
    if (!reference.error.empty()) return {};
    return compare(*program, plan, reference, ways);
}

}  // namespace dunlin::random_programs
