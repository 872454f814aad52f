#include "review/change_words.hpp"

namespace primecloud::review {
namespace {

constexpr std::string_view wanted = "concurrently";

bool in_word(char c) noexcept {
  const auto letter = static_cast<unsigned char>(c);
  return letter >= 0x80 || c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

bool is_wanted(std::string_view word) noexcept {
  if (word.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < word.size(); i++) {
    const char c = word[i] >= 'A' && word[i] <= 'Z' ? static_cast<char>(word[i] + 32) : word[i];
    if (c != wanted[i]) return false;
  }
  return true;
}

std::size_t past(std::string_view text, std::size_t from, std::string_view end) noexcept {
  const std::size_t found = text.find(end, from);
  return found == std::string_view::npos ? text.size() : found + end.size();
}

std::size_t past_comment(std::string_view text, std::size_t from) noexcept {
  int depth = 1;
  std::size_t i = from + 2;
  while (i < text.size() && depth > 0) {
    const std::string_view two = text.substr(i, 2);
    if (two == "/*") depth++;
    if (two == "*/") depth--;
    i += two == "/*" || two == "*/" ? 2 : 1;
  }
  return i;
}

}  // namespace

span word_concurrently(std::string_view statement) noexcept {
  std::size_t i = 0;
  while (i < statement.size()) {
    const char c = statement[i];
    if (c == '\'' || c == '"') {
      i = past(statement, i + 1, statement.substr(i, 1));
    } else if (statement.substr(i, 2) == "--") {
      i = past(statement, i, "\n");
    } else if (statement.substr(i, 2) == "/*") {
      i = past_comment(statement, i);
    } else if (in_word(c)) {
      std::size_t end = i;
      while (end < statement.size() && in_word(statement[end])) end++;
      if (is_wanted(statement.substr(i, end - i))) return {i, end - i};
      i = end;
    } else {
      i++;
    }
  }
  return {};
}

}  // namespace primecloud::review
