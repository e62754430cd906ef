// For the tests of the interpreter: constants and programs from microcode text, and a batch that is
// easy to set up.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "ir/interpret.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"

namespace dunlin::ir {

// A program from its text; a wrong one is thrown at the test, which fails.
Program program_of(const std::string& text);
// "f32[2] = [1.0, nan]"
Constant constant_of(const std::string& text);
std::string text_of(const Constant& constant);

template <typename T>
Constant array_of(DType dtype, const std::vector<T>& values) {
    Constant constant{Type{dtype, {static_cast<std::int64_t>(values.size())}}, {}};
    for (T value : values) {
        const Constant element = scalar_constant(dtype, value);
        constant.bytes.insert(constant.bytes.end(), element.bytes.begin(), element.bytes.end());
    }
    return constant;
}

template <typename T>
std::vector<T> values_of(const Constant& constant) {
    std::vector<T> values;
    for (std::int64_t k = 0; k < constant.count(); ++k) values.push_back(constant.at<T>(k));
    return values;
}

// A batch of one program. Values of inputs, states and outputs have the VMs as their first axis,
// but when there is one VM only; then they have the slot's own shape.
class TestBatch {
  public:
    // `header` (slots and what is before them may be left to the caller) and the routines, as
    // microcode text. One file, one statement per number up to 9 and the texts "first" and "second"
    // are there already.
    explicit TestBatch(const std::string& body, std::int64_t vms = 1);
    TestBatch(const TestBatch&) = delete;

    void bind(const std::string& name, const Constant& values);
    void share(const std::string& name, const Constant& value);
    RunReport run();
    Constant value(const std::string& name) const;
    std::string text(const std::string& name) const { return text_of(value(name)); }

    Program program;
    RunRequest request;
    std::vector<VmStatus> statuses;

  private:
    SlotId slot(const std::string& name) const;

    std::int64_t vms_;
    std::map<SlotId, std::vector<std::byte>> memory_;
};

}  // namespace dunlin::ir
