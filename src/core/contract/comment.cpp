#include "core/contract/comment.hpp"

#include "core/ascii.hpp"

namespace primecloud::contract {
namespace {

bool goes_on(char letter) { return is_lower(letter) || is_upper(letter) || is_digit(letter) || letter == '_'; }

bool ends_at(std::string_view comment, std::size_t at) { return at >= comment.size() || !goes_on(comment[at]); }

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == line.npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

bool has_word(std::string_view comment, std::string_view tag) {
  for (auto at = comment.find(tag); at != comment.npos; at = comment.find(tag, at + 1)) {
    const bool begins = at == 0 || (!goes_on(comment[at - 1]) && comment[at - 1] != '@');
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
    const bool begins = at == 0 || std::string_view(" \t\r\n").find(comment[at - 1]) != std::string_view::npos;
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
