// The file for Drizzle.
#include <algorithm>

#include "core/contract/drizzle.hpp"
#include "core/contract/names.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

std::string unused(std::string name, std::set<std::string> &taken) {
  if (!is_identifier(name)) name = "_" + type_name(name);
  while (!taken.insert(name).second) name += "_";
  return name;
}

// Whether relation `name` is partitioned: Drizzle knows no such tables, and would drop what it does not know.
bool is_table(const node &relation) { return relation["kind"].text == "r" || relation["kind"].text == "p"; }

std::string single_key(const node &relation) {
  for (const auto &[name, constraint] : relation["constraints"].members) {
    if (constraint["kind"].text == "p" && constraint["columns"].items.size() == 1)
      return constraint["columns"].items.front().text;
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

drizzle_file::drizzle_file(const node &facts, const emit_options &options) : facts_(facts), options_(options) {
  std::set<std::string> taken = {"sql", "relations", "custom", "fingerprint", "schema", "table"};
  for (const auto *name :
       {"smallint",   "integer",    "bigint",   "serial",   "smallserial", "bigserial",       "boolean",
        "text",       "varchar",    "char",     "numeric",  "real",        "doublePrecision", "json",
        "jsonb",      "uuid",       "interval", "inet",     "cidr",        "macaddr",         "macaddr8",
        "time",       "timestamp",  "date",     "index",    "uniqueIndex", "unique",          "check",
        "foreignKey", "primaryKey", "pgPolicy", "pgSchema", "pgTable",     "pgView",          "pgMaterializedView",
        "pgEnum",     "customType"})
    taken.insert(name);
  for (const auto &[name, relation] : facts["relations"].members) constants_[name] = unused(key_of(name), taken);
  for (const auto &[name, labels] : facts["enums"].members)
    constants_["enum " + name] = unused(key_of(name) + "Enum", taken);
}

std::string drizzle_file::property_of(const std::string &column) const {
  return options_.snake_names ? column : key_of(column);
}

std::string drizzle_file::table(const std::string &name, const node &relation) {
  const bool open = facts_["schema"].text == "public";
  std::string text = "export const " + constant_of(name) + " = " + (open ? use("pgTable") : "schema.table") + "(" +
                     string_literal(name) + ", {\n";
  const std::string primary = single_key(relation);
  for (const auto &[column_name, told] : placed(relation["columns"]))
    text += column(column_name, *told, column_name == primary);
  text += "}";
  if (const auto more = extras(name, relation); !more.empty())
    text += ", (table) => [\n  " + joined(more, ",\n  ") + ",\n]";
  return text + ")" + (relation["rls"].flag_or(false) ? ".enableRLS()" : "") + ";\n\n";
}

// A view is there already: drizzle-kit neither makes, drops nor compares it.
std::string drizzle_file::view(const std::string &name, const node &relation) {
  const bool materialized = relation["kind"].text == "m", open = facts_["schema"].text == "public";
  std::string text = "export const " + constant_of(name) + " = " +
                     (open           ? use(materialized ? "pgMaterializedView" : "pgView")
                      : materialized ? "schema.materializedView"
                                     : "schema.view") +
                     "(" + string_literal(name) + ", {\n";
  for (const auto &[column_name, told] : placed(relation["columns"])) text += column(column_name, *told, false);
  return text + "}).existing();\n\n";
}

std::string drizzle_file::text() {
  std::string body;
  const bool open = facts_["schema"].text == "public";
  for (const auto &[name, labels] : facts_["enums"].members) {
    std::vector<std::string> all;
    for (const auto &label : labels.texts()) all.push_back(string_literal(label));
    body += "export const " + constants_.at("enum " + name) + " = " + (open ? use("pgEnum") : "schema.enum") + "(" +
            string_literal(name) + ", [" + joined(all, ", ") + "]);\n";
  }
  if (!body.empty()) body += "\n";
  for (const auto &[name, relation] : facts_["relations"].members) {
    if (is_table(relation)) body += table(name, relation);
  }
  for (const auto &[name, relation] : facts_["relations"].members) {
    if (!is_table(relation)) body += view(name, relation);
  }
  body += relations();
  if (!open)
    body = "export const schema = " + use("pgSchema") + "(" + string_literal(facts_["schema"].text) + ");\n\n" + body;
  if (body.find("custom(") != body.npos)
    body = "const custom = <T = string>(type: string) => " + use("customType") +
           "<{ data: T }>({ dataType: () => type });\n" + body;
  std::string head = heading("The schema of an application, for Drizzle", options_.fingerprint) +
                     "import { relations, sql } from \"drizzle-orm\";\n";
  head += "import { " + joined(used_, ", ") + " } from \"drizzle-orm/pg-core\";\n\n";
  head += "export const fingerprint = " + string_literal(options_.fingerprint) + ";\n";
  body.pop_back();
  return head + body;
}

std::string emit_drizzle(const node &, const node &facts, const emit_options &options) {
  return drizzle_file(facts, options).text();
}

}  // namespace primecloud::contract
