// Which rows belong to which: for db.query of Drizzle.
#include <algorithm>

#include "core/contract/drizzle.hpp"
#include "core/contract/names.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

struct edge {
  std::string from, to, name;
  const node *constraint;
};

// account_id → account; what else refers is named by its constraint.
std::string side_name(const edge &relation) {
  const auto columns = (*relation.constraint)["columns"].texts();
  const std::string &last = columns.back();
  if (last.ends_with("_id") && last.size() > 3) return key_of(last.substr(0, last.size() - 3));
  return key_of(relation.name);
}

}  // namespace

std::string drizzle_file::relations() {
  std::vector<edge> edges;
  for (const auto &[name, relation] : facts_["relations"].members) {
    if (relation.has("read_alone")) continue;
    for (const auto &[constraint, told] : relation["constraints"].members) {
      const node &to = facts_["relations"][told["to"].text];
      if (told["kind"].text == "f" && !told.has("to_schema") && to.is_object() && !to.has("read_alone"))
        edges.push_back({name, told["to"].text, constraint, &told});
    }
  }
  std::map<std::string, std::map<std::string, std::string>> sides;  // by relation, property, what it is
  const auto put = [&](const std::string &relation, std::string name, const std::string &fallback, std::string made) {
    std::set<std::string> columns;
    for (const auto &[column, told] : facts_["relations"][relation]["columns"].members)
      columns.insert(property_of(column));
    auto &known = sides[relation];
    if (columns.count(name) || known.count(name)) name = fallback;
    while (columns.count(name) || known.count(name)) name += "_";
    known[name] = std::move(made);
  };
  for (const auto &e : edges) {
    const std::string label = string_literal(e.from + "." + e.name);
    put(e.from, side_name(e), key_of(e.name),
        "one(" + constant_of(e.to) + ", { fields: [" + columns_of(constant_of(e.from), (*e.constraint)["columns"]) +
            "], references: [" + columns_of(constant_of(e.to), (*e.constraint)["to_columns"]) +
            "], relationName: " + label + " })");
    put(e.to, key_of(e.from), key_of(e.from + "_" + e.name),
        "many(" + constant_of(e.from) + ", { relationName: " + label + " })");
  }
  std::string text;
  for (const auto &[name, known] : sides) {
    std::vector<std::string> members, helpers;
    bool one = false, many = false;
    for (const auto &[side, made] : known) {
      members.push_back(member(side) + ": " + made);
      (made.starts_with("one(") ? one : many) = true;
    }
    if (one) helpers.emplace_back("one");
    if (many) helpers.emplace_back("many");
    text += "export const " + unused(constant_of(name) + "Relations", taken_) + " = relations(" + constant_of(name) +
            ", ({ " + joined(helpers, ", ") + " }) => ({\n  " + joined(members, ",\n  ") + ",\n}));\n\n";
  }
  return text;
}

}  // namespace primecloud::contract
