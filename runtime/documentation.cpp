// What there is to know about Dunlin itself: its version and its functions.
#include "runtime/program.hpp"

namespace dunlin {

std::string_view version() {
    return DUNLIN_VERSION;
}

std::vector<DocEntry> documentation() {
    std::vector<DocEntry> entries;
    for (frontend::DocEntry& entry : frontend::documentation(runtime::standard_library()))
        entries.push_back({std::move(entry.name), std::move(entry.signature), std::move(entry.text),
                           std::move(entry.origin)});
    return entries;
}

}  // namespace dunlin
