// Tables, views and sequences for Drizzle.
#include <algorithm>

#include "core/contract/drizzle.hpp"
#include "core/contract/names.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

// The primary key of one column: its name, and the column's.
std::pair<std::string, std::string> single_key(const node &relation) {
  for (const auto &[name, constraint] : relation["constraints"].members) {
    if (constraint["kind"].text == "p" && constraint["columns"].items.size() == 1)
      return {name, constraint["columns"].items.front().text};
  }
  return {};
}

}  // namespace

std::vector<std::pair<std::string, const node *>> placed(const node &columns) {
  std::vector<std::pair<std::string, const node *>> all;
  for (const auto &[name, column] : columns.members) all.emplace_back(name, &column);
  std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) {
    return (*a.second)["position"].count_or(0) < (*b.second)["position"].count_or(0);
  });
  return all;
}

bool is_view(const node &relation) { return relation["kind"].text == "v" || relation["kind"].text == "m"; }

std::string drizzle_file::table(const std::string &name, const node &relation) {
  std::string text = (in_public() ? use("pgTable") : "schema.table") + "(" + string_literal(name) + ", {\n";
  const auto [key, primary] = single_key(relation);
  for (const auto &[column_name, told] : placed(relation["columns"])) {
    const bool is_key = !key.empty() && column_name == primary;
    text += column(column_name, *told, is_key, is_key && key != name + "_pkey");
  }
  text += "}";
  if (const auto more = extras(name, relation); !more.empty()) {
    // (Tables that refer to each other would have types that do.)
    const std::string inner = joined(more, ",\n  ");
    const bool refers = inner.find("foreignKey(") != inner.npos;
    text += std::string(", (table)") + (refers ? ": PgTableExtraConfigValue[]" : "") + " => [\n  " + inner + ",\n]";
    if (refers) use("type PgTableExtraConfigValue");
  }
  return text + ")" + (relation["rls"].flag_or(false) ? ".enableRLS()" : "");
}

// A view is there already: drizzle-kit neither makes, drops nor compares it.
std::string drizzle_file::view(const std::string &name, const node &relation) {
  const bool materialized = relation["kind"].text == "m";
  std::string text = (in_public()    ? use(materialized ? "pgMaterializedView" : "pgView")
                      : materialized ? "schema.materializedView"
                                     : "schema.view") +
                     "(" + string_literal(name) + ", {\n";
  for (const auto &[column_name, told] : placed(relation["columns"])) text += column(column_name, *told, false, false);
  return text + "}).existing()";
}

// Partitions and members of extensions are for push alone; a partitioned table, which it does not read, is for all
// others.
std::string drizzle_file::relation(const std::string &name, const node &relation) {
  const std::string made = is_view(relation) ? view(name, relation) : table(name, relation),
                    constant = constant_of(name);
  const auto exported = exports_.find(name);
  if (exported == exports_.end()) return "export const " + constant + " = " + made + ";\n\n";
  return "const " + constant + " = " + made + ";\nexport const " + exported->second + " = " +
         (relation.has("read_alone") ? either(constant, "undefined") : either("(undefined as never)", constant)) +
         ";\n\n";
}

std::string drizzle_file::sequences() {
  std::string text;
  for (const auto &[name, told] : facts_["sequences"].members) {
    const bool read = told["read"].flag_or(false), made = told["made"].flag_or(false);
    if (!read && !made) continue;
    std::vector<std::string> options;
    for (const auto *key : {"startWith", "increment", "minValue", "maxValue", "cache"})
      options.push_back(std::string(key) + ": " + string_literal(told[key].text));
    options.push_back(std::string("cycle: ") + (told["cycle"].flag_or(false) ? "true" : "false"));
    const std::string sequence = (in_public() ? use("pgSequence") : "schema.sequence") + "(" + string_literal(name) +
                                 ", { " + joined(options, ", ") + " })";
    text += "export const " + unused(key_of(name), taken_) + " = " +
            either(read ? sequence : "undefined", made ? sequence : "undefined") + ";\n";
  }
  return text.empty() ? text : text + "\n";
}

// Tables of other schemas, as far as keys here end there; they are not exported, so that drizzle-kit leaves them alone.
std::string drizzle_file::outside() {
  std::string text;
  for (const auto &[names, told] : outside_) {
    const auto &[schema, name] = names;
    text += "const " + told.first + " = " +
            (schema == "public" ? use("pgTable")
             : !schema.empty()  ? use("pgSchema") + "(" + string_literal(schema) + ").table"
             : in_public()      ? use("pgTable")
                                : "schema.table") +
            "(" + string_literal(name) + ", {";
    for (const auto &column : told.second)
      text += " " + member(property_of(column)) + ": " + use("text") + "(" + string_literal(column) + "),";
    text.back() = ' ';
    text += "});\n";
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace primecloud::contract
