#include "core/contract/names.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "core/contract/letters.hpp"
#include "core/json/text.hpp"

namespace primecloud::contract {
namespace {

// Words that are no plural although they end as one, or are the same in both.
constexpr std::string_view kept_whole[] = {
    "series", "species", "news", "data", "media", "status", "address", "access", "aws", "dns",  "sms",
    "vps",    "os",      "tls",  "css",  "gps",   "https",  "ios",     "bus",    "gas", "lens", "analytics"};
constexpr std::string_view lose_es[] = {"sses", "shes", "ches", "xes", "zzes", "tuses", "viruses"};
constexpr std::string_view stay[] = {"ss", "us", "is"};

// What may not be the name of a type, and what may not be one of anything.
constexpr std::string_view reserved[] = {
    "any",       "arguments",  "as",       "async",    "await",    "bigint",     "boolean",   "break",     "case",
    "catch",     "class",      "const",    "continue", "debugger", "declare",    "default",   "delete",    "do",
    "else",      "enum",       "eval",     "export",   "extends",  "false",      "finally",   "for",       "function",
    "if",        "implements", "import",   "in",       "infer",    "instanceof", "interface", "intrinsic", "keyof",
    "let",       "namespace",  "never",    "new",      "null",     "number",     "object",    "package",   "private",
    "protected", "public",     "readonly", "return",   "static",   "string",     "super",     "switch",    "symbol",
    "this",      "throw",      "true",     "try",      "type",     "typeof",     "undefined", "unique",    "unknown",
    "var",       "void",       "while",    "with",     "yield"};

// What emitted files rest on, in small letters, which no other name of a type begins with.
constexpr std::string_view rested_on[] = {"fingerprint", "globalThis", "z"};

template <std::size_t n>
bool holds(const std::string_view (&words)[n], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}
template <std::size_t n>
bool ends_with_one(const std::string_view (&endings)[n], std::string_view word) {
  return std::any_of(std::begin(endings), std::end(endings), [&](auto ending) { return word.ends_with(ending); });
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return to_lower(c); });
  return out;
}

bool is_separator(std::string_view text, std::size_t at) { return text[at] == '_' || letter_at(text, at) == 0; }

// Where the last word of a name stands: from the first to behind the last byte.
std::pair<std::size_t, std::size_t> last_word(std::string_view name) {
  std::size_t begin = 0, end = 0;
  bool within = false;
  for (std::size_t i = 0; i < name.size(); i += character_at(name, i)) {
    if (is_separator(name, i)) {
      within = false;
      continue;
    }
    if (!within) begin = i;
    within = true;
    end = i + character_at(name, i);
  }
  return {begin, end};
}

std::string singular(std::string_view word) {
  const std::string small = lower(word);
  const auto without = [&](std::size_t letters) { return std::string(word.substr(0, word.size() - letters)); };
  if (holds(kept_whole, small)) return std::string(word);
  if (small.size() >= 5 && small.ends_with("ies")) return without(3) + (word.ends_with("IES") ? "Y" : "y");
  if (ends_with_one(lose_es, small)) return without(2);
  if (ends_with_one(stay, small)) return std::string(word);
  return small.size() >= 3 && small.ends_with("s") ? without(1) : std::string(word);
}

}  // namespace

std::string key_of(std::string_view sql_name) {
  std::string out(sql_name.size(), '\0');
  out.resize(camel_case(sql_name, out.data()));
  return out;
}

std::string type_name(std::string_view sql_name) {
  std::string out;
  bool raise = true;
  for (std::size_t i = 0; i < sql_name.size();) {
    const std::size_t size = character_at(sql_name, i);
    if (is_separator(sql_name, i)) {
      raise = true;
    } else {
      out += raise ? to_upper(sql_name[i]) : sql_name[i];
      out += sql_name.substr(i + 1, size - 1);
      raise = false;
    }
    i += size;
  }
  return out.empty() || is_digit(out.front()) ? "_" + out : out;
}

std::string row_name(std::string_view sql_name) {
  const auto [begin, end] = last_word(sql_name);
  std::string name(sql_name.substr(0, begin));
  name += singular(sql_name.substr(begin, end - begin));
  name += sql_name.substr(end);
  return type_name(name);
}

bool is_identifier(std::string_view text) {
  if (text.empty() || is_digit(text.front()) || holds(reserved, text)) return false;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = letter_at(text, i);
    if (size == 0) return false;
    i += size;
  }
  return true;
}

std::string given_name(std::string_view asked) {
  return is_identifier(asked) && !holds(rested_on, asked) ? std::string(asked) : type_name(asked);
}

}  // namespace primecloud::contract
