// A text in the quotes of SQL.
#pragma once

#include <string>
#include <string_view>

namespace primecloud::review {

// As the server's quote_literal() writes it: read alike whatever standard_conforming_strings says.
inline std::string literal(std::string_view text) {
  std::string made = text.find('\\') == text.npos ? "'" : " E'";
  for (const char c : text) made.append(c == '\'' || c == '\\' ? 2 : 1, c);
  return made + "'";
}

}  // namespace primecloud::review
