#include "core/review/words.hpp"

#include <algorithm>

namespace primecloud::review {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool begins_word(char c) {
  return c == '_' || (lower(c) >= 'a' && lower(c) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool in_word(char c) { return begins_word(c) || (c >= '0' && c <= '9') || c == '$'; }

}  // namespace

bool word::is(std::string_view expected) const {
  return text.size() == expected.size() &&
         std::equal(text.begin(), text.end(), expected.begin(), [](char a, char b) { return lower(a) == b; });
}

void words::skip_comment() {
  if (text_.substr(at_, 2) == "--") at_ = std::min(text_.find('\n', at_), text_.size());
  if (text_.substr(at_, 2) != "/*") return;
  const auto end = text_.find("*/", at_ + 2);
  at_ = end == text_.npos ? text_.size() : end + 2;
}

bool words::next(word &found) {
  found = {};
  while (at_ < text_.size()) {
    skip_comment();
    if (at_ >= text_.size()) break;
    const char c = text_[at_];
    const std::size_t begin = at_;
    if (begins_word(c)) {
      while (at_ < text_.size() && in_word(text_[at_])) at_++;
      found.text = text_.substr(begin, at_ - begin);
      return true;
    }
    if (c == '"') {
      const auto end = text_.find('"', at_ + 1);
      if (end == text_.npos) break;
      at_ = end + 1;
      found.text = text_.substr(begin + 1, end - begin - 1);
      found.quoted = true;
      return true;
    }
    if (!is_space(c)) found.before = c;
    at_++;
    while (c >= '0' && c <= '9' && at_ < text_.size() && in_word(text_[at_])) at_++;  // no word within a number
  }
  return false;
}

char words::after() const {
  for (std::size_t i = at_; i < text_.size(); i++)
    if (!is_space(text_[i])) return text_[i];
  return '\0';
}

std::string_view words::argument() const {
  std::size_t i = at_;
  while (i < text_.size() && (is_space(text_[i]) || text_[i] == '(')) i++;
  while (i < text_.size() && text_[i] == '\'') i++;
  const auto end = text_.find_first_of("'), \n", i);
  return end == text_.npos ? std::string_view() : text_.substr(i, end - i);
}

bool words::is_constant_argument(int number) const {
  int depth = 0, argument = 0;
  bool fresh = true;  // at the beginning of an argument
  for (std::size_t i = at_; i < text_.size(); i++) {
    const char c = text_[i];
    if (is_space(c)) continue;
    const char next = i + 1 < text_.size() ? text_[i + 1] : '\0';
    const bool quoted =
        c == '\'' || (c == '$' && (next == '$' || begins_word(next))) || (lower(c) == 'e' && next == '\'');
    if (depth == 1 && fresh && argument == number) return quoted;
    fresh = false;
    if (c == '\'') {
      i = text_.find('\'', i + 1);
      if (i == text_.npos) return false;
    } else if (c == '(') {
      fresh = ++depth == 1;
    } else if (c == ')') {
      if (--depth <= 0) return false;
    } else if (c == ',' && depth == 1) {
      argument++;
      fresh = true;
    }
  }
  return false;
}

body_context context_of_body(std::string_view text) {
  body_context found;
  word at, last;
  for (words all(text); all.next(at); last = at) {
    const bool ours = at.before == '.' && last.is("primecloud");
    if (at.is("current_setting")) {
      found.any = true;
      found.setting = all.argument();
    } else if (at.is("current_user") || at.is("session_user") || at.is("current_role")) {
      found.any = found.role = true;
      found.as_it_runs = found.as_it_runs || !at.is("session_user");
    } else if (at.is("tenant_int") || at.is("tenant_bigint") || at.is("tenant_uuid") || at.is("tenant_text")) {
      found.any = found.tenant = true;
    } else if (ours &&
               (at.is("user_id") || at.is("has_role") || at.is("role") || at.is("context") || at.is("in_scope"))) {
      found.any = found.person = true;
    } else if (at.is("user_metadata") || at.is("raw_user_meta_data")) {
      found.claim = true;
    }
  }
  return found;
}

}  // namespace primecloud::review
