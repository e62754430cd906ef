// What became of the VMs of a batch: one word each, in the form in which kernels write them (see
// prelude/kernel_abi.h). A word that has a place in the program names a site of the kernel, or,
// with the bit kOfHost, a row of a table kept here, for those that the interpreter or a collective
// ended.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "ir/interpret.hpp"
#include "jit/kernel.hpp"
#include "jit/kernel_source.hpp"

namespace dunlin::runtime {

// VMs that stopped with the same fault at the same place.
struct FaultCount {
    ir::VmStatus status;
    std::int64_t vms = 0;
    std::int64_t first_vm = 0;
};

bool same(const ir::VmStatus& a, const ir::VmStatus& b);

class Statuses {
  public:
    static constexpr std::int64_t kBytesPerVm = sizeof(unsigned);

    // Of so many VMs, none of which has run. False when there is no memory for them.
    bool reset(std::int64_t vms);

    std::int64_t size() const { return vms_; }
    unsigned* words() { return words_.get(); }
    // Those of the kernel that writes words; kept as long as it does.
    void use_sites(const std::vector<jit::Site>& sites) { sites_ = &sites; }

    void set(std::int64_t vm, const ir::VmStatus& status);
    ir::VmStatus of(std::int64_t vm) const;
    bool faulted(std::int64_t vm) const { return (words_.get()[vm] & kernel::kFaulted) != 0; }

    std::int64_t faulted() const;
    std::vector<FaultCount> faults() const;  // by first VM

  private:
    struct Freer {
        void operator()(unsigned* words) const;
    };
    static constexpr unsigned kOfHost = 0x40000000u;
    using Key = std::tuple<ir::Outcome, ir::Fault, ir::StatementId, std::int32_t>;

    ir::VmStatus of_word(unsigned word) const;

    std::int64_t vms_ = 0;
    std::int64_t room_ = 0;
    std::unique_ptr<unsigned, Freer> words_;
    const std::vector<jit::Site>* sites_ = nullptr;
    std::vector<ir::VmStatus> rows_;
    std::map<Key, unsigned> row_of_;
};

}  // namespace dunlin::runtime
