// Changes of a program that keep it well-typed, mostly; the reducer is made of them.
#pragma once

#include <set>

#include "tests/random/program.hpp"

namespace dunlin::random_programs {

// A value of a type that is as plain as can be: 1, or an array of ones.
Expression plain_value(const Type& type);

// Forgets names: the statements that give them a value go, and where they were read stands a plain
// value.
void forget(RandomProgram& program, const std::set<std::string>& names);

// All sizes that are keys become the values, in the program and in its data.
void change_sizes(RandomProgram& program, const std::map<std::int64_t, std::int64_t>& sizes);
std::set<std::int64_t> sizes_in(const RandomProgram& program);

// The batch with only these VMs of it.
void keep_vms(RandomProgram& program, std::int64_t first, std::int64_t count);

// Data that no port of the program has any more goes.
void drop_unused_data(RandomProgram& program);

}  // namespace dunlin::random_programs
