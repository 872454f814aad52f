// Functions of one name before and after: which of them is which.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/contract/node.hpp"

namespace primecloud::contract {

struct overload {
  const node *told;
  bool command;
};
using overloads = std::vector<overload>;

overloads overloads_of(const node &contract, const std::string &name);

// The types of what a function is called with, in order.
std::vector<std::string> types_of(const node &function);

struct paired_overloads {
  std::vector<std::pair<overload, overload>> same;
  overloads gone, come;
};
paired_overloads pair_overloads(const overloads &before, const overloads &after);

// Whether a call that `old` took, by position, finds both now or another one: the server's rules for
// constants without a type and for arguments that are left out.
bool is_ambiguous(const node &old, const node &next);

}  // namespace primecloud::contract
