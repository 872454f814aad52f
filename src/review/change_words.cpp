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

// Behind a string or a name.  In E'..' a backslash takes what follows it.
std::size_t past_quotes(std::string_view text, std::size_t from) noexcept {
  const char quote = text[from];
  const bool escapes = quote == '\'' && from > 0 && (text[from - 1] == 'e' || text[from - 1] == 'E') &&
                       (from == 1 || !in_word(text[from - 2]));
  std::size_t i = from + 1;
  while (i < text.size() && text[i] != quote) i += escapes && text[i] == '\\' ? 2 : 1;
  return i + 1;
}

// Behind $$..$$ or $tag$..$tag$; the dollar alone where nothing of that begins.
std::size_t past_dollars(std::string_view text, std::size_t from) noexcept {
  std::size_t end = from + 1;
  while (end < text.size() && text[end] != '$' && in_word(text[end])) end++;
  const bool digit = from + 1 < text.size() && text[from + 1] >= '0' && text[from + 1] <= '9';
  if (end >= text.size() || text[end] != '$' || digit) return from + 1;
  return past(text, end + 1, text.substr(from, end + 1 - from));
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

// Behind quotes or a comment that begin here; 0 where none does.
std::size_t past_what_is_told(std::string_view text, std::size_t from) noexcept {
  const std::string_view two = text.substr(from, 2);
  if (text[from] == '\'' || text[from] == '"') return past_quotes(text, from);
  if (text[from] == '$') return past_dollars(text, from);
  if (two == "--") return past(text, from, "\n");
  return two == "/*" ? past_comment(text, from) : 0;
}

std::size_t word_end(std::string_view text, std::size_t from) noexcept {
  while (from < text.size() && in_word(text[from])) from++;
  return from;
}

}  // namespace

span word_concurrently(std::string_view statement) noexcept {
  std::size_t i = 0;
  while (i < statement.size()) {
    if (const std::size_t behind = past_what_is_told(statement, i)) {
      i = behind;
    } else if (in_word(statement[i])) {
      const std::size_t end = word_end(statement, i);
      if (is_wanted(statement.substr(i, end - i))) return {i, end - i};
      i = end;
    } else {
      i++;
    }
  }
  return {};
}

span psql_command(std::string_view script, int &ended) noexcept {
  std::size_t i = 0;
  while (i < script.size()) {
    if (script[i] == '\\') {
      const std::size_t end = word_end(script, i + 1);
      return {i, (end > i + 1 ? end : i + 2) - i};
    }
    ended += script[i] == ';' ? 1 : 0;
    const std::size_t behind = past_what_is_told(script, i);
    // (A dollar within a word begins nothing.)
    i = behind != 0 ? behind : in_word(script[i]) ? word_end(script, i) : i + 1;
  }
  return {};
}

}  // namespace primecloud::review
