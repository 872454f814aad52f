#include "core/contract/contract.hpp"

#include "core/error.hpp"

namespace primecloud::contract {

node read_contract(std::string_view text) {
  node contract = read_document(text);
  if (contract["version"].text != "1" || !contract["entities"].is_object()) {
    throw error(invalid_value,
                "this is no contract that this version reads: it says version " + contract["version"].text_or("null"))
        .with_hint("Give what primecloud.contract() returned.");
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
