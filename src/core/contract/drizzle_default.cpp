// Defaults: as drizzle-kit rewrites those that it reads, and as they are.
#include "core/contract/drizzle.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

bool is_quoted(std::string_view text) { return text.size() > 1 && text.front() == '\'' && text.back() == '\''; }

// A cast at its end goes, and all before it from the first ::, which may stand in a literal.
std::string without_cast(std::string text) {
  if (text.ends_with("[]")) text.resize(text.size() - 2);
  if (text.empty() || !in_word(text.back())) return text;
  const auto line = text.rfind('\n');
  const auto cast = text.find("::", line == text.npos ? 0 : line);
  if (cast != text.npos) text.erase(cast);
  return text;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
}

// Whether JavaScript writes the number as it stands.
bool is_kept(std::string_view number) {
  if (number.starts_with('-')) number.remove_prefix(1);
  const bool leads = number.starts_with('.') || (number.size() > 1 && number[0] == '0' && number[1] != '.');
  return number.size() < 16 && !leads &&
         (number.find('.') == number.npos || (number.back() != '0' && number.back() != '.'));
}

std::string without_modifier(std::string type) {
  const auto open = type.find('('), close = type.find(')');
  if (open != type.npos && close != type.npos) type.erase(open, close - open + 1);
  return type;
}

// What drizzle-kit reads of an array's default, of elements of that type.
std::string array_read(const std::string &text, const std::string &element) {
  static const std::set<std::string> bare = {"integer", "smallint", "bigint", "double precision", "real", "interval"};
  const std::string inner = text.size() > 4 ? text.substr(2, text.size() - 4) : std::string();
  std::string made;
  const auto add = [&](std::string value) {
    if (element == "boolean")
      value = value == "t" ? "true" : "false";
    else if (!bare.count(element) && !element.starts_with("timestamp"))
      value = "\"" + value + "\"";
    made += (made.empty() ? "" : ",") + value;
  };
  std::string piece;
  const auto is_space = [](char letter) {
    return std::string_view(" \t\n\r\f\v").find(letter) != std::string_view::npos;
  };
  for (std::size_t at = 0; at < inner.size(); at++) {
    if (inner[at] != ',') {
      piece += inner[at];
      continue;
    }
    while (!piece.empty() && is_space(piece.back())) piece.pop_back();
    add(std::move(piece));
    piece.clear();
    while (at + 1 < inner.size() && is_space(inner[at + 1])) at++;
  }
  add(std::move(piece));
  return "'{" + made + "}'";
}

std::string other_read(const std::string &text) {
  if (is_quoted(text)) return text;
  std::string made;
  for (const char letter : text) made += letter == '\\' ? std::string("`\\") : std::string(1, letter);
  return made;
}

// Whether `read` without its cast is the same default: the cast is to the column's own type.
bool says_all(const std::string &read, const std::string &written, const std::string &type) {
  if (read == written) return true;
  const std::string own = without_modifier(type);
  return written == read + "::" + own || (own == "character" && written == read + "::bpchar");
}

}  // namespace

std::string drizzle_file::default_value(const node &column) {
  const std::string &written = column["default"].text, &type = column["type"].text;
  std::string there_is = sql_template(written);
  const std::string shown = seen_from_public(written), text = without_cast(shown);
  static const std::set<std::string> numbers = {"smallint", "integer", "bigint", "double precision", "real"};
  if (column["array_read"].flag_or(false))
    return either(sql_template(array_read(text, type.substr(0, type.size() - 2))), there_is);
  if (numbers.count(type) && is_number(text)) {
    // (drizzle-kit puts a bigint's default through JSON, which has none.)
    const std::string number = type == "bigint" ? text + " as never" : text;
    return is_kept(text) && says_all(text, written, type) ? number : either(number, there_is);
  }
  if (type == "boolean" && (written == "true" || written == "false")) return written;
  if (type == "boolean") return either(text == "true" ? "true" : "false", there_is);
  if ((type == "json" || type == "jsonb") && is_quoted(text)) {
    const std::string inner = text.substr(1, text.size() - 2);
    if (inner == "{}" || inner == "[]") return there_is;
    json_ = true;
    return either("rewritten(" + string_literal(inner) + ", " + string_literal(type) + ")", there_is);
  }
  std::string read = other_read(text);
  if (type.find("numeric") != type.npos && text.find('\'') == text.npos) read = "'" + text + "'";
  if (says_all(read, written, type)) return sql_template(read);
  return either(sql_template(read), there_is);
}

std::string drizzle_file::filled(const node &column) {
  const auto identity_options = [&](const node &identity) {
    std::string said = "name: " + string_literal(identity["name"].text);
    for (const auto *key : {"startWith", "increment", "minValue", "maxValue"})
      said += std::string(", ") + key + ": " + string_literal(identity[key].text);
    // (drizzle-kit looks for the sequence by a name that it takes for quoted.)
    const std::string cache = string_literal(identity["cache"].text);
    said += ", cache: " + (identity.has("unread") ? either("\"undefined\"", cache) : cache);
    return "{ " + said + ", cycle: " + (identity["cycle"].flag_or(false) ? "true" : "false") + " }";
  };
  if (column.has("generated")) return ".generatedAlwaysAs(" + sql_template(column["generated"].text) + ")";
  if (const node &identity = column["identity"]; identity.is_object())
    return std::string(identity["always"].flag_or(false) ? ".generatedAlwaysAsIdentity("
                                                         : ".generatedByDefaultAsIdentity(") +
           identity_options(identity) + ")";
  if (!column.has("default") || column["serial"].flag_or(false)) return {};
  return ".default(" + default_value(column) + ")";
}

std::string drizzle_file::column(const std::string &name, const node &column, bool primary, bool own_name) {
  const std::string type = type_read(column);
  const bool array = column.has("dimensions");
  std::string made;
  if (column.has("enum") && constants_.count("enum " + column["enum"].text)) {
    made = constants_.at("enum " + column["enum"].text) + "(" + string_literal(name) + ")";
  } else if (!column.has("type_name") && type_written(column) == type) {
    made = built_in(array ? type.substr(0, type.find('[')) : type, name, column);
    for (int i = 0; !made.empty() && i < column["dimensions"].count_or(0); i++) made += ".array()";
  }
  if (made.empty()) made = custom(column) + "(" + string_literal(name) + ")";
  made += filled(column);
  // (Of a bigserial Drizzle does not know by itself that it is not null.)
  const bool known = primary || (column["serial"].flag_or(false) && type != "bigint");
  if (column["not_null"].flag_or(false) && !known) made += ".notNull()";
  if (primary) made += ".primaryKey()";
  if (own_name) made = "named(" + made + ")", named_ = true;
  return "  " + member(property_of(name)) + ": " + made + ",\n";
}

}  // namespace primecloud::contract
