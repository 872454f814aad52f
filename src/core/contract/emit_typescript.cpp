#include "core/contract/emit.hpp"
#include "core/contract/source_text.hpp"
#include "core/contract/typescript_entities.hpp"

namespace primecloud::contract {
namespace {

constexpr const char *helpers =
    "export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };\n"
    "export type NonFinite = \"NaN\" | \"Infinity\" | \"-Infinity\";\n"
    "/** A sealed value: that it is there, and the key that it is sealed with. */\n"
    "export interface Sealed {\n  sealed: true;\n  key: number;\n}\n\n";

std::string enums(const typescript_types &types) {
  std::string text;
  for (const auto &[name, labels] : types.contract()["enums"].members) {
    const node &known = types.contract()["enum_names"][name];
    std::vector<std::string> literals;
    for (const auto &label : labels.texts()) literals.push_back(string_literal(label));
    text += documentation(known["description"].text, "") + "export type " + known["name"].text + " = " +
            (literals.empty() ? "never" : joined(literals, " | ")) + ";\n";
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string emit_typescript(const node &contract, const emit_options &options) {
  check_names(contract, options);
  const typescript_types types(contract, options);
  std::map<std::string, std::string> brands;
  if (options.brand) brands = brands_of(contract);
  std::string text = heading("The types of an application", options.fingerprint) +
                     "export const fingerprint = " + string_literal(options.fingerprint) + ";\n\n" + helpers +
                     typescript_brands(types, brands) + enums(types);
  for (const auto &[name, entity] : contract["entities"].members)
    text += typescript_entity(types, name, entity, brands);
  text += typescript_functions(types) + typescript_constraints(contract) + typescript_lists(contract);
  text.pop_back();
  return text;
}

}  // namespace primecloud::contract
