// What `dunlin run` writes when the batch has ended.
#pragma once

#include <optional>
#include <vector>

#include "repl/load.hpp"
#include "repl/output.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin::repl {

// The outputs, taken from one chunk of the batch after the other: kept where there is one VM,
// summarised where there are more, and written to the files that were asked for.
class OutputCollector {
  public:
    OutputCollector(const Program& program, std::int64_t vms);

    // The files, NAME=PATH, are begun here, and are there only after `finish_files`.
    Failure begin_files(const std::vector<Assignment>& files);
    Failure take(const Batch& chunk);
    Failure finish_files();
    // In the middle of anything, by another thread, before the process ends.
    void remove_files() const;

    void write_text() const;
    Json to_json() const;

  private:
    struct Output {
        const Port* port;
        std::optional<Array> value;  // of the only VM
        Summariser summariser;
    };
    struct File {
        std::string port;
        NpyWriter writer;
    };

    Type type_of_all(const Port& port) const;

    const Program& program_;
    std::int64_t vms_;
    std::vector<Output> outputs_;
    std::vector<File> files_;
};

struct Results {
    const Program& program;
    const Stream& stream;
    const RunReport& report;
    const OutputCollector& outputs;
    bool stats = false;
};

void report_results(const Results& results, Format format);
void report_interrupted(const Results& results, Format format);
// The same of a run that had to be left in the middle of something; nobody knows how far it was,
// nor, at times, how many VMs it has.
void report_cut_short(std::optional<std::int64_t> vms, Format format);

}  // namespace dunlin::repl
