// Constraints of one table before and after, by their names; those that only were renamed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/contract/node.hpp"

namespace primecloud::contract {

struct constraint_pairs {
  std::vector<std::string> kept, gone, come;
  std::vector<std::pair<std::string, std::string>> renamed;
};

// `alike(old name, new name)` says whether the two demand the same.
template <class Alike>
constraint_pairs pair_constraints(const node &before, const node &after, Alike &&alike) {
  constraint_pairs pairs;
  for (const auto &[name, constraint] : before.members) (after.has(name) ? pairs.kept : pairs.gone).push_back(name);
  for (const auto &[name, constraint] : after.members) {
    if (!before.has(name)) pairs.come.push_back(name);
  }
  for (auto old = pairs.gone.begin(); old != pairs.gone.end();) {
    auto next = pairs.come.begin();
    while (next != pairs.come.end() && !alike(*old, *next)) next++;
    if (next == pairs.come.end()) {
      old++;
      continue;
    }
    pairs.renamed.emplace_back(*old, *next);
    pairs.come.erase(next);
    old = pairs.gone.erase(old);
  }
  return pairs;
}

// Whether any of the columns went, or none was there before: then the constraint went, or came, with them.
bool any_missing(const node &columns, const node &from);
bool all_missing(const node &columns, const node &from);

}  // namespace primecloud::contract
