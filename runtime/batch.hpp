// What a batch holds, for the files of this folder: binding.cpp prepares it, batch.cpp runs it.
#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ir/interpret.hpp"
#include "jit/kernel.hpp"
#include "runtime/program.hpp"

namespace dunlin {

namespace runtime {

struct Freer {
    void operator()(std::byte* memory) const { std::free(memory); }
};
using Buffer = std::unique_ptr<std::byte, Freer>;

// A value for an input or a shared name. Arrays of an input may have the VM axis in front.
struct Bound {
    Array array;
    bool per_vm = false;

    // One VM's value.
    Array value() const { return per_vm ? array.row(0) : array; }
};

inline std::string quoted(std::string_view name) {
    return "'" + std::string(name) + "'";
}

// An Error for a name that is none of the program's ports of the wanted kinds ("input or shared
// value").
Error unknown_port(const Program& program, std::string_view name, const std::string& wanted,
                   std::initializer_list<PortKind> kinds);

}  // namespace runtime

struct Batch::Implementation {
    Implementation(const Program& its_program, BatchOptions its_options)
        : program(its_program), options(std::move(its_options)) {}

    Program program;
    BatchOptions options;
    std::map<std::string, runtime::Bound, std::less<>> bound;

    bool prepared = false;
    std::int64_t vm_count = 0;  // in the whole batch
    Piece piece;                // those that are run here
    std::int64_t memory_bytes = 0;
    std::int64_t vm_memory_bytes = 0;
    std::vector<runtime::Buffer> buffers;
    std::vector<ir::Binding> bindings;  // one per slot
    std::vector<ir::VmStatus> statuses;
    bool first_turn = true;
    std::shared_ptr<const jit::Kernel> kernel;  // null when the interpreter runs the VMs

    const ir::Program& code() const { return program.implementation_->compiled.program; }
    ir::SlotId slot_of(const Port& port) const {
        const auto& ports = program.implementation_->compiled.ports;
        return ports[static_cast<std::size_t>(&port - program.ports().data())].slot;
    }

    // binding.cpp
    Result<const Port*> bindable(std::string_view name) const;
    Failure bind(const Port& port, const Array& array);
    Failure decide_vms();
    Failure check_request() const;
    Failure check_inputs() const;
    Failure check_memory();
    Failure allocate();
    Failure attach_inputs();
    bool used_where_it_lies(const Port& port, const runtime::Bound& value) const;

    // batch.cpp
    Failure build_kernel();
    int threads() const;
    ir::RunRequest request();
    std::int64_t chosen_print_vm() const;
    PrintedLine printed(ir::StatementId statement, const std::vector<ir::PrintItem>& items,
                        std::int64_t vm) const;
    std::string text_of(const ir::VmStatus& status) const {
        return status.text < 0 ? "" : code().texts[static_cast<std::size_t>(status.text)];
    }
};

}  // namespace dunlin
