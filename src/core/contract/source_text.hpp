// Pieces of TypeScript: literals, property names, comments.
#pragma once

#include <string>
#include <string_view>

#include "core/contract/node.hpp"

namespace primecloud::contract {

// A string literal by JSON's rules, fit to stand in HTML and in a template too.
std::string string_literal(std::string_view text);
std::string value_literal(const node &value);

// A property's name, quoted where it must be; as a member of an object literal, where __proto__ is not a name.
std::string property(std::string_view name);
std::string member(std::string_view name);

// A documentation comment, every line indented; nothing where there is nothing to say.
std::string documentation(std::string_view text, std::string_view indent);

// The head of every file.
std::string heading(const std::string &what, const std::string &fingerprint);

// `a, b, c`
template <class Range>
std::string joined(const Range &pieces, std::string_view separator) {
  std::string all;
  for (const auto &piece : pieces) {
    if (&piece != &*pieces.begin()) all += separator;
    all += piece;
  }
  return all;
}

}  // namespace primecloud::contract
