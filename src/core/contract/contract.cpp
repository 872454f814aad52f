#include "core/contract/contract.hpp"

#include "core/error.hpp"

namespace primecloud::contract {

namespace {
[[noreturn]] void refuse(const std::string &why) {
  throw error(invalid_value, "this is no contract" + why).with_hint("Give what primecloud.contract() returned.");
}
}  // namespace

node read_contract(std::string_view text) {
  node contract = read_document(text);
  const node &version = contract["version"];
  if (version.text != "1") refuse(" that this version reads: it says version " + version.text_or("null"));
  if (!contract["entities"].is_object()) refuse(": it has no entities");
  for (const auto &[name, entity] : contract["entities"].members) {
    if (!entity.is_object()) refuse(": entity \"" + name + "\" is no object");
  }
  return contract;
}

node read_for_emitting(std::string_view text) {
  node contract = read_contract(text);
  for (const auto *section : {"reads", "commands"}) {
    for (auto &[function, overloads] : contract.members[section].members) {
      int count = 0;
      for (auto &overload : overloads.items) {
        node &returns = overload.members["returns"];
        if (!returns.has("row")) continue;
        if (++count > 1) returns.members["name"].text += std::to_string(count);
      }
    }
  }
  return contract;
}

}  // namespace primecloud::contract
