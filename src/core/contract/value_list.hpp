// The values of a list, to be asked for those of another: of a hundred thousand each, without comparing each with each.
#pragma once

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/contract/node.hpp"

namespace primecloud::contract {

class value_list {
 public:
  // Refers to `values`, which has to live as long.
  explicit value_list(const std::vector<node> &values);

  bool has(const node &value) const;

 private:
  std::set<std::pair<node::kind, std::string_view>> plain_;
  std::vector<const node *> others_;  // arrays and objects, which no column's values are
};

}  // namespace primecloud::contract
