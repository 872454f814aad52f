// Ids that cannot be taken for one another: a type for each key's own column, and for the columns that refer to it.
#include <algorithm>
#include <set>

#include "core/contract/source_text.hpp"
#include "core/contract/typescript_entities.hpp"

namespace primecloud::contract {
namespace {

const node *primary_key(const node &entity) {
  for (const auto &[name, key] : entity["keys"].members) {
    if (key["kind"].text == "primary") return &key["columns"];
  }
  return nullptr;
}

// The one column of a key that refers to nothing: of (account_id, id) it is id.
std::string own_column(const node &entity) {
  const node *key = primary_key(entity);
  if (key == nullptr) return {};
  std::set<std::string> referring;
  for (const auto &[name, relation] : entity["relations"].members) {
    for (const auto &column : relation["columns"].texts()) {
      if (relation["columns"].items.size() < key->items.size() || relation["columns"].items.size() == 1)
        referring.insert(column);
    }
  }
  std::vector<std::string> own;
  for (const auto &column : key->texts()) {
    if (!referring.count(column)) own.push_back(column);
  }
  return own.size() == 1 ? own.front() : std::string{};
}

}  // namespace

std::map<std::string, std::string> brands_of(const node &contract) {
  std::map<std::string, std::string> brands;
  for (const auto &[name, entity] : contract["entities"].members) {
    const std::string column = own_column(entity);
    if (!column.empty()) brands[name + "." + column] = entity["name"].text + "Id";
  }
  // A reference takes the brand of where it ends, through as many tables as it goes.
  for (bool more = true; more;) {
    more = false;
    for (const auto &[name, entity] : contract["entities"].members) {
      for (const auto &[constraint, relation] : entity["relations"].members) {
        const auto from = relation["columns"].texts(), to = relation["to_columns"].texts();
        for (std::size_t i = 0; i < std::min(from.size(), to.size()); i++) {
          const auto target = brands.find(relation["to"].text + "." + to[i]);
          if (target == brands.end()) continue;
          const std::string brand = target->second;
          more = brands.emplace(name + "." + from[i], brand).second || more;
        }
      }
    }
  }
  // A view's column is the one that it copies.
  for (const auto &[name, entity] : contract["entities"].members) {
    for (const auto &[column, told] : entity["columns"].members) {
      const auto source = told.has("source") ? brands.find(told["source"].text) : brands.end();
      if (source == brands.end()) continue;
      const std::string brand = source->second;
      brands.emplace(name + "." + column, brand);
    }
  }
  return brands;
}

std::string typescript_brands(const typescript_types &types, const std::map<std::string, std::string> &brands) {
  std::map<std::string, std::string> made;
  for (const auto &[name, entity] : types.contract()["entities"].members) {
    for (const auto &[column, told] : entity["columns"].members) {
      const auto brand = brands.find(name + "." + column);
      if (brand == brands.end() || brand->second != entity["name"].text + "Id") continue;
      made[brand->second] =
          within_brackets(types.in_json(told)) + " & { readonly __brand: " + string_literal(entity["name"].text) + " }";
    }
  }
  std::string text;
  for (const auto &[name, type] : made) text += "export type " + name + " = " + type + ";\n";
  return text.empty() ? text : text + "\n";
}

}  // namespace primecloud::contract
