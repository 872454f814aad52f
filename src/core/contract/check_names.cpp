// Names that an emitted file would have twice.
#include <map>
#include <set>

#include "core/contract/emit.hpp"
#include "core/contract/source_text.hpp"
#include "core/contract/typescript_entities.hpp"
#include "core/error.hpp"

namespace primecloud::contract {
namespace {

inline constexpr sqlstate duplicate_column{"42701"};
inline constexpr sqlstate duplicate_object{"42710"};

// Where the file has names of its own, and where the language has.
constexpr const char *taken[] = {"Json",      "NonFinite",    "Sealed",    "Reads",   "Commands", "Constraints",
                                 "Lists",     "CommandError", "any",       "unknown", "never",    "string",
                                 "number",    "bigint",       "boolean",   "symbol",  "object",   "void",
                                 "undefined", "null",         "globalThis"};

class names {
 public:
  names() {
    for (const auto *name : taken) taken_.emplace(name, "the file itself");
  }
  void take(const std::string &name, const std::string &object) {
    const auto [had, first] = taken_.emplace(name, object);
    if (first) return;
    throw error(duplicate_object,
                "\"" + name + "\" would be the name of two types: of " + had->second + " and of " + object)
        .with_hint("Give one of them another with @name in its comment.");
  }

 private:
  std::map<std::string, std::string> taken_;
};

error one_key(const std::string &first, const std::string &second, const std::string &relation,
              const std::string &key) {
  return error(duplicate_column,
               "columns \"" + first + "\" and \"" + second + "\" of " + relation + " are both \"" + key + "\" in JSON")
      .with_hint("Rename one of them.");
}

void check_keys(const node &columns, const std::string &relation) {
  std::map<std::string, std::string> keys;
  for (const auto &[name, column] : columns.members) {
    const auto [had, first] = keys.emplace(column["key"].text, name);
    if (first) continue;
    throw one_key(had->second, name, relation, column["key"].text);
  }
}

void check_functions(const node &functions, names &types) {
  std::map<std::string, std::string> keys;
  for (const auto &[name, overloads] : functions.members) {
    std::set<std::string> made;
    for (const auto &function : overloads.items) {
      const node &returns = function["returns"];
      if (made.empty()) {
        const auto [had, first] = keys.emplace(function["key"].text, name);
        if (!first)
          throw error(duplicate_object, "functions \"" + had->second + "\" and \"" + name + "\" are both \"" +
                                            function["key"].text + "\"")
              .with_hint("Rename one of them.");
        made.insert(std::string{});
      }
      if (!returns.has("row")) continue;
      check_keys(returns["row"], "what function " + name + " returns");
      if (made.insert(returns["name"].text).second) types.take(returns["name"].text, "function " + name);
    }
  }
}

}  // namespace

void check_names(const node &contract, const emit_options &options) {
  names types;
  for (const auto &[name, labels] : contract["enums"].members)
    types.take(contract["enum_names"][name]["name"].text, "enum " + name);
  for (const auto &[name, entity] : contract["entities"].members) {
    const std::string object = entity["kind"].text + " " + name, &shown = entity["name"].text;
    check_keys(entity["columns"], object);
    types.take(shown, object);
    if (entity["kind"].text == "composite") continue;
    types.take(shown + "Row", object);
    if (!entity["kind"].text.ends_with("table") || entity["outside"].flag_or(false)) continue;
    types.take(shown + "Insert", object);
    types.take(shown + "Update", object);
  }
  if (options.brand) {
    std::set<std::string> brands;
    for (const auto &[column, brand] : brands_of(contract)) {
      if (brands.insert(brand).second) types.take(brand, "column " + column);
    }
  }
  check_functions(contract["reads"], types);
  check_functions(contract["commands"], types);
}

}  // namespace primecloud::contract
