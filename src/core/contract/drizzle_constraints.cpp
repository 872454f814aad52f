// Keys, indexes, checks and policies for Drizzle.
#include "core/contract/drizzle.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

const char *action(const std::string &code) {
  if (code == "c") return "cascade";
  if (code == "r") return "restrict";
  if (code == "n") return "set null";
  return code == "d" ? "set default" : "no action";
}

// What drizzle-kit leaves of a check: it takes the first and the last two brackets for the constraint's.
std::string kit_check(std::string definition) {
  if (definition.starts_with("CHECK ((")) definition.erase(0, 8);
  if (definition.ends_with("))")) definition.resize(definition.size() - 2);
  return definition;
}

}  // namespace

std::string drizzle_file::columns_of(const std::string &table, const node &columns) const {
  std::vector<std::string> all;
  for (const auto &column : columns.texts()) {
    const std::string name = property(property_of(column));
    const bool quoted = name.front() == '"';
    all.push_back(std::string(table).append(quoted ? "[" : ".").append(name).append(quoted ? "]" : ""));
  }
  return joined(all, ", ");
}

std::string drizzle_file::key(const std::string &name, const node &constraint, const node &) {
  const std::string &kind = constraint["kind"].text;
  const std::string columns = columns_of("table", constraint["columns"]);
  if (kind == "p") return use("primaryKey") + "({ name: " + string_literal(name) + ", columns: [" + columns + "] })";
  if (kind == "u") return use("unique") + "(" + string_literal(name) + ").on(" + columns + ")";
  if (kind == "c")
    return use("check") + "(" + string_literal(name) + ", " + sql_template(kit_check(constraint["definition"].text)) +
           ")";
  const std::string target = constraint["to"].text;
  return use("foreignKey") + "({ name: " + string_literal(name) + ", columns: [" + columns + "], foreignColumns: [" +
         columns_of(constant_of(target), constraint["to_columns"]) + "] }).onDelete(" +
         string_literal(action(constraint["on_delete"].text)) + ").onUpdate(" +
         string_literal(action(constraint["on_update"].text)) + ")";
}

std::string drizzle_file::index(const std::string &name, const node &told) {
  std::vector<std::string> columns;
  bool expressions = false;
  for (const auto &column : told["columns"].items) expressions = expressions || !column.has("column");
  for (const auto &column : told["columns"].items) {
    const bool descending = column["descending"].flag_or(false), first = column["nulls_first"].flag_or(false);
    // Beside an expression drizzle-kit takes every column for one.
    if (expressions) {
      std::string text = column.has("column") ? "\"" + column["column"].text + "\"" : column["expression"].text;
      if (column.has("operators")) text += " " + column["operators"].text;
      if (descending) text += " DESC";
      if (first != descending) text += first ? " NULLS FIRST" : " NULLS LAST";
      columns.push_back(sql_template(text));
      continue;
    }
    node one;
    one.items.emplace_back().text = column["column"].text;
    std::string text =
        columns_of("table", one) + (descending ? ".desc()" : ".asc()") + (first ? ".nullsFirst()" : ".nullsLast()");
    if (column.has("operators")) text += ".op(" + string_literal(column["operators"].text) + ")";
    columns.push_back(text);
  }
  std::string made = use(told["unique"].flag_or(false) ? "uniqueIndex" : "index") + "(" + string_literal(name) +
                     ").using(" + string_literal(told["method"].text) + ", " + joined(columns, ", ") + ")";
  if (told.has("where")) made += ".where(" + sql_template(told["where"].text) + ")";
  if (!told.has("with")) return made;
  std::vector<std::string> settings;
  for (const auto &setting : told["with"].texts()) {
    const auto equals = setting.find('=');
    settings.push_back(property(setting.substr(0, equals)) + ": " + string_literal(setting.substr(equals + 1)));
  }
  return made + ".with({ " + joined(settings, ", ") + " })";
}

std::string drizzle_file::policy(const std::string &name, const node &told) {
  std::vector<std::string> roles;
  for (const auto &role : told["to"].texts()) roles.push_back(string_literal(role));
  std::string made = use("pgPolicy") + "(" + string_literal(name) + ", { as: " + string_literal(told["as"].text) +
                     ", for: " + string_literal(told["for"].text) + ", to: [" + joined(roles, ", ") + "]";
  if (told.has("using")) made += ", using: " + sql_template(told["using"].text);
  if (told.has("check")) made += ", withCheck: " + sql_template(told["check"].text);
  return made + " })";
}

std::vector<std::string> drizzle_file::extras(const std::string &, const node &relation) {
  std::vector<std::string> all;
  for (const auto &[name, constraint] : relation["constraints"].members) {
    const bool single = constraint["kind"].text == "p" && constraint["columns"].items.size() == 1;
    const bool known =
        constraint["kind"].text != "f" || (!constraint.has("to_schema") && constants_.count(constraint["to"].text));
    // A check that is NOT VALID cannot be told: the file would not be SQL.
    const bool valid = constraint["kind"].text != "c" || constraint["valid"].flag_or(true);
    if (!single && known && valid) all.push_back(key(name, constraint, relation));
  }
  for (const auto &[name, told] : relation["indexes"].members) all.push_back(index(name, told));
  for (const auto &[name, told] : relation["policies"].members) all.push_back(policy(name, told));
  return all;
}

}  // namespace primecloud::contract
