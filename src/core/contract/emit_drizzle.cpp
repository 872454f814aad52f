// The file for Drizzle.
#include <algorithm>

#include "core/contract/drizzle.hpp"
#include "core/contract/names.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
std::string unused(std::string name, std::set<std::string> &taken) {
  if (!is_identifier(name)) name = "_" + type_name(name);
  while (!taken.insert(name).second) name += "_";
  return name;
}

drizzle_file::drizzle_file(const node &facts, const emit_options &options) : facts_(facts), options_(options) {
  taken_ = {"sql",       "relations",  "custom",  "fingerprint", "schema", "table",      "pushed",
            "rewritten", "expression", "one",     "many",        "named",  "forced",     "JSON",
            "exports",   "module",     "require", "process",     "Object", "globalThis", "undefined"};
  for (const auto *name : {"smallint",
                           "integer",
                           "bigint",
                           "serial",
                           "smallserial",
                           "bigserial",
                           "boolean",
                           "text",
                           "varchar",
                           "char",
                           "numeric",
                           "real",
                           "doublePrecision",
                           "json",
                           "jsonb",
                           "uuid",
                           "interval",
                           "inet",
                           "cidr",
                           "macaddr",
                           "macaddr8",
                           "time",
                           "timestamp",
                           "date",
                           "index",
                           "uniqueIndex",
                           "unique",
                           "check",
                           "foreignKey",
                           "primaryKey",
                           "pgPolicy",
                           "pgSchema",
                           "pgTable",
                           "pgView",
                           "pgMaterializedView",
                           "pgEnum",
                           "customType",
                           "pgSequence",
                           "PgTableExtraConfigValue"})
    taken_.insert(name);
  for (const bool alone : {false, true}) {
    for (const auto &[name, relation] : facts["relations"].members) {
      if (relation.has("read_alone") != alone) continue;
      const std::string own = unused(key_of(name), taken_);
      // What is not exported always has a name of its own beside that of the export.
      const bool parted = alone || relation["kind"].text == "p";
      constants_[name] = parted ? unused("_" + own, taken_) : own;
      if (parted) exports_[name] = own;
    }
  }
  for (const auto &[name, labels] : facts["enums"].members)
    constants_["enum " + name] = unused(key_of(name) + "Enum", taken_);
}

std::string drizzle_file::property_of(const std::string &column) const {
  // (Of __proto__ Drizzle, which copies its columns into an object, makes no column.)
  return options_.snake_names && column != "__proto__" ? column : key_of(column);
}

std::string drizzle_file::text() {
  std::string enums, tables, head;
  for (const auto &[name, labels] : facts_["enums"].members) {
    std::vector<std::string> all;
    for (const auto &label : labels.texts()) all.push_back(string_literal(label));
    enums += "export const " + constants_.at("enum " + name) + " = " + (in_public() ? use("pgEnum") : "schema.enum") +
             "(" + string_literal(name) + ", [" + joined(all, ", ") + "]);\n";
  }
  if (!enums.empty()) enums += "\n";
  for (const bool views : {false, true}) {
    for (const auto &[name, told] : facts_["relations"].members) {
      if (is_view(told) == views) tables += relation(name, told);
    }
  }
  tables += relations();
  std::string body = enums + sequences() + outside() + tables;
  if (!in_public())
    body = "export const schema = " + use("pgSchema") + "(" + string_literal(facts_["schema"].text) + ");\n\n" + body;
  head = heading("The schema of an application, for Drizzle", options_.fingerprint);
  body = helpers() + body;
  head += "import { relations, sql } from \"drizzle-orm\";\n";
  head += "import { " + joined(used_, ", ") + " } from \"drizzle-orm/pg-core\";\n\n";
  head += "export const fingerprint = " + string_literal(options_.fingerprint) + ";\n";
  body.pop_back();
  return head + body;
}

// What the file's parts rest on.
std::string drizzle_file::helpers() {
  std::string text;
  if (pushed_)
    text +=
        "// drizzle-kit push compares this file with what it reads of the database, which is less than there is; it "
        "alone is told that.\n"
        "const pushed = (globalThis as { process?: { argv?: string[] } }).process?.argv?.includes(\"push\") ?? "
        "false;\n";
  if (named_)
    text +=
        "// (A primary key of one column is told by its name.)\n"
        "const named = <T>(column: T): T => {\n"
        "  if (!pushed) (column as { config: { primaryKey: boolean } }).config.primaryKey = false;\n"
        "  return column;\n};\n";
  if (forced_)
    text +=
        "// drizzle-kit has no words for FORCE ROW LEVEL SECURITY: they stand behind the condition of a policy.\n"
        "const forced = (table: string) =>\n"
        "  pushed ? sql`` : sql.raw(`); ALTER TABLE ${table} FORCE ROW LEVEL SECURITY, RESET (fillfactor`);\n";
  if (json_)
    text +=
        "const rewritten = (text: string, type: string) => "
        "sql.raw(`'${JSON.stringify(JSON.parse(text))}'::${type}`);\n";
  if (expressions_)
    text +=
        "const expression = (order: \"asc\" | \"desc\", nulls: \"first\" | \"last\") =>\n"
        "  ({ name: \"\", keyAsName: false, columnType: \"\", indexConfig: { order, nulls }, defaultConfig: {} }) as "
        "never;\n";
  if (custom_)
    text += "const custom = <T = string>(type: string" +
            std::string(writing_ ? ", toDriver?: (value: T) => unknown) =>\n  " : ") => ") + use("customType") +
            "<{ data: T }>({ dataType: () => type" + (writing_ ? ", ...(toDriver && { toDriver })" : "") + " });\n";
  return text;
}

std::string emit_drizzle(const node &, const node &facts, const emit_options &options) {
  return drizzle_file(facts, options).text();
}

}  // namespace primecloud::contract
