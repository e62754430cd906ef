// What the programs of a run were like: how many were accepted, how their VMs ended, what their
// outputs hold, and what of the language they used.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "tests/random/modes.hpp"

namespace dunlin::random_programs {

class Summary {
  public:
    void note(const RandomProgram& source, const Program& program, const Observation& reference);
    int note_refused(const std::string& code);  // how many there have been of that code
    // The time since the last call goes to that kind of work.
    void spent_on(const std::string& work);

    int programs() const { return accepted_ + refused_; }
    int refused() const { return refused_; }

    std::string line() const;
    std::string text() const;

  private:
    void note_values(const Observed& port);

    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point last_ = begin_;
    std::map<std::string, double> seconds_;
    int accepted_ = 0;
    int refused_ = 0;
    int with_collectives_ = 0;
    int dull_ = 0;  // programs all of whose outputs are 0 or NaN in all VMs
    std::int64_t vms_ = 0;
    std::int64_t halted_ = 0;
    std::int64_t faulted_ = 0;
    std::int64_t elements_ = 0;
    std::int64_t zeros_ = 0;
    std::int64_t nans_ = 0;
    std::int64_t lines_ = 0;
    std::map<std::string, int> codes_;
    std::map<std::string, std::int64_t> faults_;
    std::map<std::string, int> features_;
    std::map<std::string, int> words_;
};

}  // namespace dunlin::random_programs
