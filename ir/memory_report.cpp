#include "ir/memory_report.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "ir/live_ranges.hpp"
#include "ir/utf8.hpp"

namespace dunlin::ir {

namespace {

// Columns of text, each as wide as its widest cell; the last is not padded.
class Table {
  public:
    using Row = std::array<std::string, 5>;

    void add(Row row) { rows_.push_back(std::move(row)); }
    std::string text() const {
        std::array<std::size_t, 5> widths{};
        for (const Row& row : rows_)
            for (std::size_t i = 0; i < row.size(); ++i)
                widths[i] = std::max(widths[i], columns(row[i]));
        std::string text;
        for (const Row& row : rows_) {
            std::string line = " ";
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (widths[i] == 0) continue;
                line += " " + row[i] + std::string(widths[i] + 1 - columns(row[i]), ' ');
            }
            text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        }
        return text;
    }

  private:
    static std::size_t columns(std::string_view cell) {
        std::size_t count = 0;
        for (std::size_t at = 0; at < cell.size(); ++count)
            at += static_cast<std::size_t>(decode_character(cell, at).bytes);
        return count;
    }

    std::vector<Row> rows_;
};

std::string bytes_text(std::int64_t bytes) {
    return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string point_text(const Point& point) {
    return "r" + std::to_string(point.routine) + "." + std::to_string(point.index);
}

int line_at(const Program& program, const Point& point) {
    const Routine& routine = program.routines[point.routine];
    bool at_end = point.index >= routine.instructions.size();
    StatementId statement =
        at_end ? routine.terminator.statement : routine.instructions[point.index].statement;
    return program.statements[statement].line;
}

std::string alive_text(const Program& program, const LiveRange& range) {
    int first = line_at(program, range.first);
    int last = line_at(program, range.last);
    std::string lines = first == last ? "line " + std::to_string(first)
                                      : "lines " + std::to_string(std::min(first, last)) + "-" +
                                            std::to_string(std::max(first, last));
    return point_text(range.first) + " to " + point_text(range.last) + ", " + lines;
}

std::string place_text(const Slot& slot) {
    return std::to_string(slot.offset) + ".." + std::to_string(slot.offset + byte_count(slot.type));
}

std::string vm_memory(const Program& program) {
    std::vector<LiveRange> ranges = live_ranges(program);
    auto order_of = [&](const LiveRange& range) {
        return std::tuple(program.slots[range.slot].offset, range.first, range.slot);
    };
    std::sort(ranges.begin(), ranges.end(),
              [&](const LiveRange& a, const LiveRange& b) { return order_of(a) < order_of(b); });
    std::int64_t unshared = 0;
    Table table;
    if (!ranges.empty()) table.add({"bytes", "slot", "type", "name", "alive"});
    for (const LiveRange& range : ranges) {
        const Slot& slot = program.slots[range.slot];
        unshared += byte_count(slot.type);
        table.add({place_text(slot), "s" + std::to_string(range.slot), to_string(slot.type),
                   printable(slot.name), alive_text(program, range)});
    }
    return "VM memory: " + bytes_text(program.vm_bytes) + " a VM; without sharing " +
           bytes_text(unshared) + "\n" + table.text();
}

// Inputs, shared values, states and outputs: arrays of the host.
std::string host_memory(const Program& program, std::int64_t& bytes_a_vm) {
    Table table;
    std::size_t rows = 0;
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        const Slot& slot = program.slots[id];
        if (slot.storage == Storage::Local || slot.storage == Storage::Constant) continue;
        bool shared = slot.storage == Storage::Shared;
        std::int64_t bytes = byte_count(slot.type);
        if (!shared) bytes_a_vm += bytes;
        table.add({std::string(name_of(slot.storage)), "s" + std::to_string(id),
                   to_string(slot.type), printable(slot.name),
                   bytes_text(bytes) + (shared ? " in all" : " a VM")});
        ++rows;
    }
    return rows == 0 ? "" : "Bound by the host\n" + table.text();
}

}  // namespace

std::string memory_report(const Program& program) {
    std::int64_t bytes_a_vm = program.vm_bytes;
    std::string text = vm_memory(program) + host_memory(program, bytes_a_vm);
    std::int64_t constant_bytes = 0;
    for (const Constant& constant : program.constants) constant_bytes += byte_count(constant.type);
    text += "Constants: " + bytes_text(constant_bytes) + " in all\n";
    return text + "Together: " + bytes_text(bytes_a_vm) + " a VM\n";
}

}  // namespace dunlin::ir
