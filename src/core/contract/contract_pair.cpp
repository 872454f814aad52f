#include "core/contract/contract_pair.hpp"

#include <algorithm>

#include "core/contract/value_set.hpp"

namespace primecloud::contract {
namespace {

// What the domain of a place demands that no type tells.
std::vector<std::string> opaque_rules(const node &contract, const node &told) {
  std::vector<std::string> rules;
  for (const auto *key : {"domain", "element_domain"}) {
    for (const auto &[name, check] : contract["domains"][told[key].text]["checks"].members) {
      if (check["told"].text != "all" || check["not_valid"].flag_or(false))
        rules.push_back(check["text"].text_or(name));
    }
  }
  std::sort(rules.begin(), rules.end());
  return rules;
}

}  // namespace

value_type contract_pair::new_type(const node &told) const {
  value_type type = read_value_type(told, after["enums"]);
  const auto found = type.of == "composite" ? renamed.find(type.type) : renamed.end();
  if (found != renamed.end()) type.type = found->second;
  return type;
}

use contract_pair::of(const std::string &type) const {
  const use was = used_before.of(type), is = used_after.of(type);
  return {was.read && is.read, was.sent && is.sent};
}

void contract_pair::tell(std::string object, const char *name, bool readers, bool writers, std::string reason,
                         std::vector<std::string> causes) {
  found.push_back({std::move(object), name, readers, writers, std::move(reason), false, std::move(causes)});
}

void diff_typed(contract_pair &both, const node &before, const node &after, place at) {
  const value_type was = both.old_type(before), is = both.new_type(after);
  // A domain that stayed tells itself what became of its rules.
  if (was.domain != is.domain || was.element_domain != is.element_domain) {
    at.opaque_before = opaque_rules(both.before, before);
    at.opaque_after = opaque_rules(both.after, after);
  }
  diff_nullability(before["nullable"].flag_or(false), after["nullable"].flag_or(false), was, is, at, both.found);
  at.validated = at.validated && within(is, was);
  diff_values(was, is, at, both.found);
}

}  // namespace primecloud::contract
