#include "core/contract/comment.hpp"

#include "core/contract/tags.hpp"

namespace primecloud::contract {
namespace {

bool ends_at(std::string_view comment, std::size_t at) { return at >= comment.size() || !is_word_letter(comment[at]); }

bool has_word(std::string_view comment, std::string_view tag) {
  for (auto at = comment.find(tag); at != comment.npos; at = comment.find(tag, at + 1)) {
    const bool begins = at == 0 || (!is_word_letter(comment[at - 1]) && comment[at - 1] != '@');
    if (begins && ends_at(comment, at + tag.size())) return true;
  }
  return false;
}

}  // namespace

std::string lines_behind(std::string_view comment, std::string_view tag) {
  const std::string sign = "@" + std::string(tag);
  std::string lines;
  for (auto at = comment.find(sign); at != comment.npos; at = comment.find(sign, at)) {
    const auto behind = at + sign.size();
    const bool begins = at == 0 || is_blank(comment[at - 1]);
    if (!begins || !ends_at(comment, behind)) {
      at = behind;
      continue;
    }
    const auto end = comment.find('\n', behind);
    lines.append("\n").append(trimmed(comment.substr(behind, end - behind)));
    if (end == comment.npos) break;
    at = end;
  }
  return lines;
}

std::optional<std::string> class_of(std::string_view comment) {
  for (const auto *name : {"@secret", "@token", "@pii", "@public"}) {
    if (has_word(comment, name)) return name + 1;
  }
  return std::nullopt;
}

}  // namespace primecloud::contract
