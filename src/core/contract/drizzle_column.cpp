// Columns for Drizzle, in the spelling that drizzle-kit finds in the database again.
#include <algorithm>

#include "core/contract/drizzle.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

void replace_first(std::string &text, std::string_view what, std::string_view with) {
  if (const auto at = text.find(what); at != text.npos) text.replace(at, what.size(), with);
}

// format_type's words, as drizzle-kit rewrites them.
std::string kit_type(const node &column) {
  if (column.has("bare")) return column["bare"].text;
  std::string type = column["type"].text;
  if (type.starts_with("numeric(")) replace_first(type, ",", ", ");
  for (int i = 1; i < column["dimensions"].count_or(1); i++) type += "[]";
  replace_first(type, "character varying", "varchar");
  replace_first(type, " without time zone", "");
  replace_first(type, "character", "char");
  if (type.size() > 1 && type.front() == '"') type.erase(0, 1);
  if (!type.empty() && type.back() == '"') type.pop_back();
  return type;
}

// What drizzle-kit leaves of a default: a cast at its end goes.
std::string without_cast(std::string text) {
  const auto cast = text.find("::");
  const bool ends_in_word =
      !text.empty() && (isalnum(static_cast<unsigned char>(text.back())) || text.back() == '_' || text.back() == '"');
  if (cast != text.npos && ends_in_word) text.erase(cast);
  return text;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
}

std::string identity_options(const node &identity) {
  std::string said = "name: " + string_literal(identity["name"].text);
  for (const auto *key : {"startWith", "increment", "minValue", "maxValue", "cache"})
    said += std::string(", ") + key + ": " + string_literal(identity[key].text);
  return "{ " + said + ", cycle: " + (identity["cycle"].flag_or(false) ? "true" : "false") + " }";
}

}  // namespace

std::string sql_template(std::string_view text) {
  std::string body;
  for (std::size_t i = 0; i < text.size(); i++) {
    const bool opens = text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{';
    if (text[i] == '\\' || text[i] == '`' || opens) body += '\\';
    body += text[i];
  }
  return "sql`" + body + "`";
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

std::string drizzle_file::filled(const node &column) {
  if (column.has("generated")) return ".generatedAlwaysAs(" + sql_template(column["generated"].text) + ")";
  if (const node &identity = column["identity"]; identity.is_object())
    return std::string(identity["always"].flag_or(false) ? ".generatedAlwaysAsIdentity("
                                                         : ".generatedByDefaultAsIdentity(") +
           identity_options(identity) + ")";
  if (!column.has("default") || column["serial"].flag_or(false)) return {};
  const std::string &type = column["type"].text;
  const std::string text = without_cast(column["default"].text);
  static const std::set<std::string> numbers = {"smallint", "integer", "double precision", "real"};
  if (type == "bigint" && is_number(text)) return ".default(" + text + "n)";
  if (numbers.count(type) && is_number(text)) return ".default(" + text + ")";
  if (type == "boolean" && (text == "true" || text == "false")) return ".default(" + text + ")";
  const bool quoted_text = text.size() > 1 && text.front() == '\'' && text.back() == '\'';
  if (type == "json" || type == "jsonb")
    return ".default(" + sql_template(quoted_text ? text + "::" + type : text) + ")";
  return ".default(" + sql_template(text) + ")";
}

std::string drizzle_file::column(const std::string &name, const node &column, bool primary) {
  const std::string type = kit_type(column);
  const bool array = column.has("dimensions");
  std::string made;
  if (column.has("enum") && constants_.count("enum " + column["enum"].text)) {
    made = constants_.at("enum " + column["enum"].text) + "(" + string_literal(name) + ")";
  } else if (!column.has("bare")) {
    const auto element = array ? type.substr(0, type.find('[')) : type;
    made = built_in(element, name, column);
    if (!made.empty() && array) {
      for (int i = 0; i < column["dimensions"].count_or(1); i++) made += ".array()";
    }
  }
  if (made.empty()) made = "custom(" + string_literal(type) + ")(" + string_literal(name) + ")";
  made += filled(column);
  const bool serial = column["serial"].flag_or(false);
  if (column["not_null"].flag_or(false) && !serial && !primary) made += ".notNull()";
  if (primary) made += ".primaryKey()";
  return "  " + member(property_of(name)) + ": " + made + ",\n";
}

}  // namespace primecloud::contract
