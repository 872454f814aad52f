#include "core/contract/value_words.hpp"

#include "core/json/text.hpp"

namespace primecloud::contract {

std::string json_text(std::string_view text) {
  std::string out;
  write_json_string(text, [&](std::string_view piece) { out += piece; });
  return out;
}

std::string literal(const node &value) {
  if (value.is == node::kind::null) return "null";
  return value.is == node::kind::text ? json_text(value.text) : value.text;
}

std::string words(const value_type &type) {
  std::string said = type.domain.empty() ? type.type : type.domain;
  if (type.of == "enum" || !type.domain.empty()) {
    for (int i = 0; i < type.dimensions; i++) said += "[]";
    return said;
  }
  const bool sized = type.is_builtin("varchar") || type.is_builtin("bpchar");
  if (sized && type.max_length) said += "(" + std::to_string(*type.max_length) + ")";
  if (type.precision) {
    said += "(" + std::to_string(*type.precision);
    if (type.scale) said += "," + std::to_string(*type.scale);
    said += ")";
  }
  for (int i = 0; i < type.dimensions; i++) said += "[]";
  if (type.any_json) said += " as json";
  if (type.values) {
    said += " of";
    for (const auto &value : *type.values) said += " " + literal(value);
  }
  if (!sized && type.max_length) said += " up to " + std::to_string(*type.max_length) + " characters";
  if (type.low) said += (type.low->exclusive ? " above " : " from ") + type.low->number;
  if (type.high) said += (type.high->exclusive ? " below " : " to ") + type.high->number;
  for (const auto &pattern : type.patterns) said += " like " + pattern;
  return said;
}

}  // namespace primecloud::contract
