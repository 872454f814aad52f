#include "core/contract/source_text.hpp"

#include "core/contract/names.hpp"
#include "core/contract/value_words.hpp"

namespace primecloud::contract {
namespace {

void replace_all(std::string &text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size())
    text.replace(at, what.size(), with);
}

}  // namespace

std::string string_literal(std::string_view text) {
  std::string literal = json_text(text);
  replace_all(literal, "</", "<\\/");
  replace_all(literal, "<!", "\\u003c!");
  replace_all(literal, "`", "\\u0060");
  replace_all(literal, "${", "\\u0024{");
  replace_all(literal, "\xE2\x80\xA8", "\\u2028");
  replace_all(literal, "\xE2\x80\xA9", "\\u2029");
  return literal;
}

std::string value_literal(const node &value) {
  return value.is == node::kind::text ? string_literal(value.text) : literal(value);
}

std::string property(std::string_view name) { return is_identifier(name) ? std::string(name) : string_literal(name); }

std::string member(std::string_view name) { return name == "__proto__" ? "[\"__proto__\"]" : property(name); }

std::string documentation(std::string_view text, std::string_view indent) {
  if (text.empty()) return {};
  std::string body(text);
  replace_all(body, "*/", "*\\/");
  // What some tools take for an end of line is none here.
  for (const auto *end : {"\xE2\x80\xA8", "\xE2\x80\xA9", "\r"}) replace_all(body, end, " ");
  replace_all(body, "\n", "\n" + std::string(indent) + " * ");
  return std::string(indent) + "/** " + body + " */\n";
}

std::string heading(const std::string &what, const std::string &fingerprint) {
  return "// " + what + ", made by primecloud from the database: do not edit.\n// fingerprint: " + fingerprint + "\n";
}

}  // namespace primecloud::contract
