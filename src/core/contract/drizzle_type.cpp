// Types of columns: as drizzle-kit reads them, and as it must be told to write them.
#include "core/contract/drizzle.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

void replace_first(std::string &text, std::string_view what, std::string_view with) {
  if (const auto at = text.find(what); at != text.npos) text.replace(at, what.size(), with);
}

// Types of extensions that drizzle-kit reads with their modifiers, and writes as they are.
bool has_modifiers(const std::string &name) {
  static const std::set<std::string> known = {"vector", "geometry", "halfvec", "sparsevec", "bit"};
  return known.count(name) != 0;
}

std::string brackets(const node &column) {
  std::string all;
  if (column["domain"].flag_or(false)) return all;
  for (int i = 0; i < column["dimensions"].count_or(0); i++) all += "[]";
  return all;
}

}  // namespace

std::string type_read(const node &column) {
  if (column.has("bare") && !has_modifiers(column["bare"].text)) return column["bare"].text;
  std::string type = seen_from_public(column["type"].text);
  if (type.starts_with("numeric(")) replace_first(type, ",", ", ");
  for (int i = 1; i < column["dimensions"].count_or(1); i++) type += "[]";
  replace_first(type, "character varying", "varchar");
  replace_first(type, " without time zone", "");
  replace_first(type, "character", "char");
  while (!type.empty() && type.front() == '"') type.erase(0, 1);
  while (!type.empty() && type.back() == '"') type.pop_back();
  return type;
}

// drizzle-kit puts what it does not know in double quotes, without another thought.
std::string type_written(const node &column) {
  if (column.has("collation") && !column.has("dimensions") && !column.has("type_name"))
    return type_read(column) + " COLLATE " + column["collation"].text;
  if (!column.has("type_name") || has_modifiers(column["type_name"].text)) return type_read(column);
  return column["type_schema"].text + "\".\"" + column["type_name"].text + brackets(column);
}

std::string drizzle_file::built_in(const std::string &type, const std::string &name, const node &column) {
  const std::string quoted_name = string_literal(name);
  const auto sized = [&](const char *builder, const char *option) {
    const auto open = type.find('(');
    if (open == type.npos) return use(builder) + "(" + quoted_name + ")";
    return use(builder) + "(" + quoted_name + ", { " + option + ": " +
           type.substr(open + 1, type.find(')') - open - 1) + " })";
  };
  static const std::map<std::string, const char *> plain = {
      {"smallint", "smallint"}, {"integer", "integer"},   {"boolean", "boolean"},
      {"text", "text"},         {"real", "real"},         {"double precision", "doublePrecision"},
      {"json", "json"},         {"jsonb", "jsonb"},       {"uuid", "uuid"},
      {"interval", "interval"}, {"inet", "inet"},         {"cidr", "cidr"},
      {"macaddr", "macaddr"},   {"macaddr8", "macaddr8"}, {"time", "time"}};
  if (column["serial"].flag_or(false)) {
    if (type == "bigint") return use("bigserial") + "(" + quoted_name + ", { mode: \"bigint\" })";
    return use(type == "smallint" ? "smallserial" : "serial") + "(" + quoted_name + ")";
  }
  if (const auto found = plain.find(type); found != plain.end()) return use(found->second) + "(" + quoted_name + ")";
  if (type == "bigint") return use("bigint") + "(" + quoted_name + ", { mode: \"bigint\" })";
  if (type == "date") return use("date") + "(" + quoted_name + ", { mode: \"string\" })";
  if (type == "timestamp") return use("timestamp") + "(" + quoted_name + ", { mode: \"string\" })";
  if (type == "timestamp with time zone")
    return use("timestamp") + "(" + quoted_name + ", { withTimezone: true, mode: \"string\" })";
  if (type == "varchar" || type.starts_with("varchar(")) return sized("varchar", "length");
  if (type.starts_with("char(")) return sized("char", "length");
  if (type == "numeric") return use("numeric") + "(" + quoted_name + ")";
  if (type.starts_with("numeric(")) {
    const auto comma = type.find(',');
    return use("numeric") + "(" + quoted_name + ", { precision: " + type.substr(8, comma - 8) +
           ", scale:" + type.substr(comma + 1, type.size() - comma - 2) + " })";
  }
  return {};
}

}  // namespace primecloud::contract
