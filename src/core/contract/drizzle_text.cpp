// SQL in a file of TypeScript, in the spelling that drizzle-kit reads it in or that it leaves whole.
#include "core/contract/drizzle.hpp"

namespace primecloud::contract {
namespace {

// Where the quoted thing that begins at `at` ends: behind its last quote, a doubled one is within.
std::size_t end_of_quoted(std::string_view sql, std::size_t at) {
  const char quote = sql[at++];
  while (at < sql.size()) {
    if (sql[at++] != quote) continue;
    if (at >= sql.size() || sql[at] != quote) return at;
    at++;
  }
  return at;
}

// A literal with `cuts` by their codes; the server shows literals without E.
std::string literal_without(std::string_view literal, const std::vector<std::string> &cuts) {
  static const char digits[] = "0123456789ABCDEF";
  std::string made = "U&";
  bool cut = false;
  for (std::size_t at = 0; at < literal.size(); at++) {
    bool coded = false;
    for (const auto &what : cuts) coded = coded || literal.substr(at).starts_with(what);
    const auto code = static_cast<unsigned char>(literal[at]);
    if (coded)
      made += std::string("\\00") + digits[code >> 4] + digits[code & 15];
    else
      made += literal[at] == '\\' ? "\\\\" : std::string(1, literal[at]);
    cut = cut || coded;
  }
  return cut ? made : std::string(literal);
}

}  // namespace

bool in_word(char letter) { return isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '"'; }

std::string sql_template(std::string_view text) {
  std::string body;
  for (std::size_t i = 0; i < text.size(); i++) {
    const bool opens = text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{';
    // (A carriage return that stands in a template is a line feed.)
    if (text[i] == '\r') {
      body += "\\r";
      continue;
    }
    if (text[i] == '\\' || text[i] == '`' || opens) body += '\\';
    body += text[i];
  }
  return "sql`" + body + "`";
}

std::string without_cuts(std::string_view sql, const std::vector<std::string> &cuts) {
  std::string made;
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] != '\'' && sql[at] != '"') {
      made += sql[at++];
      continue;
    }
    const auto end = end_of_quoted(sql, at);
    const auto quoted = sql.substr(at, end - at);
    made += sql[at] == '"' ? std::string(quoted) : literal_without(quoted, cuts);
    at = end;
  }
  return made;
}

std::string seen_from_public(std::string_view sql) {
  static constexpr std::string_view schema = "public.";
  std::string made;
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '\'' || sql[at] == '"') {
      const auto end = end_of_quoted(sql, at);
      auto quoted = sql.substr(at, end - at);
      const bool names =
          sql[at] == '\'' && sql.substr(end).starts_with("::reg") && quoted.substr(1).starts_with(schema);
      if (names) made += '\'', quoted.remove_prefix(1 + schema.size());
      made += quoted;
      at = end;
      continue;
    }
    const bool begins = made.empty() || (!in_word(made.back()) && made.back() != '.');
    if (begins && sql.substr(at).starts_with(schema)) {
      at += schema.size();
      continue;
    }
    made += sql[at++];
  }
  return made;
}

std::string drizzle_file::either(const std::string &read, const std::string &there_is) {
  if (read == there_is) return read;
  pushed_ = true;
  return "pushed ? " + read + " : " + there_is;
}

}  // namespace primecloud::contract
