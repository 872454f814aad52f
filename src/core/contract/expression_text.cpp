#include "core/contract/expression_text.hpp"

#include <optional>
#include <vector>

#include "core/ascii.hpp"

namespace primecloud::contract {
namespace {

constexpr std::string_view opening = "ARRAY[";

bool is_name_letter(char letter) { return is_lower(letter) || is_upper(letter) || is_digit(letter) || letter == '_'; }

// Behind the quoted thing that begins at `at`; within it quotes are doubled.
std::size_t behind_quoted(std::string_view sql, std::size_t at) {
  const auto end = sql.find(sql[at], at + 1);
  return end == sql.npos ? sql.size() : end + 1;
}

// What stands between ARRAY[ and its bracket, and where that is.
struct array_text {
  std::vector<std::string_view> elements;
  std::size_t end = 0;  // behind the bracket; 0 where there is none
};

array_text read_array(std::string_view sql, std::size_t at) {
  array_text read;
  std::size_t begin = at;
  for (int depth = 0; at < sql.size();) {
    const char letter = sql[at];
    if (letter == '\'' || letter == '"') {
      at = behind_quoted(sql, at);
      continue;
    }
    if (depth == 0 && (letter == ']' || sql.substr(at).starts_with(", "))) {
      read.elements.push_back(sql.substr(begin, at - begin));
      begin = at + 2;
      if (letter == ']') return read.end = at + 1, read;
    }
    depth += letter == '(' || letter == '[' ? 1 : letter == ')' || letter == ']' ? -1 : 0;
    at++;
  }
  return read;
}

// The type of a cast to an array of one of the server's types, without its brackets: ::text[].
std::optional<std::string_view> cast_to_array(std::string_view behind) {
  if (!behind.starts_with("::")) return std::nullopt;
  std::size_t end = 2;
  while (end < behind.size() && (is_name_letter(behind[end]) || behind[end] == ' ')) end++;
  if (end == 2 || !behind.substr(end).starts_with("[]") || behind.substr(end + 2).starts_with("[")) return std::nullopt;
  return behind.substr(2, end - 2);
}

// Whether a cast behind it is of all of it: 'a'::character varying, f(x), (a || b).
bool stands_alone(std::string_view element) {
  bool in_cast = false;
  int depth = 0;
  for (std::size_t at = 0; at < element.size();) {
    const char letter = element[at];
    if (letter == '\'' || letter == '"') {
      at = behind_quoted(element, at);
      continue;
    }
    depth += letter == '(' || letter == '[' ? 1 : letter == ')' || letter == ']' ? -1 : 0;
    in_cast =
        element.substr(at).starts_with("::") || (in_cast && (is_name_letter(letter) || letter == ' ' || letter == ':'));
    if (depth == 0 && letter == ' ' && !in_cast) return false;
    at++;
  }
  return true;
}

// (Arrays within arrays are told as they come from some depth on: nobody writes such.)
std::string restored(std::string_view sql, int depth) {
  std::string made;
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '\'' || sql[at] == '"') {
      const auto end = behind_quoted(sql, at);
      made += sql.substr(at, end - at);
      at = end;
      continue;
    }
    const bool begins = depth < 4 && sql.substr(at).starts_with(opening) && (at == 0 || !is_name_letter(sql[at - 1]));
    if (!begins) {
      made += sql[at++];
      continue;
    }
    const array_text array = read_array(sql, at + opening.size());
    // (What does not end is nothing that a server shows.)
    if (array.end == 0) return made.append(sql.substr(at));
    // (ARRAY[...])::text[] is what the server shows without an eye for people.
    const bool plain = made.ends_with('(') && sql.substr(array.end).starts_with(")::");
    auto type = cast_to_array(sql.substr(array.end + (plain ? 1 : 0)));
    if (array.elements.front().empty()) type.reset();
    if (type && plain) made.pop_back();
    made += opening;
    for (std::size_t i = 0; i < array.elements.size(); i++) {
      const std::string element = restored(array.elements[i], depth + 1);
      if (i > 0) made += ", ";
      const bool wrapped = type && (plain || !stands_alone(element));
      made += wrapped ? "(" + element + ")" : element;
      if (type) made.append("::").append(*type);
    }
    made += ']';
    at = array.end;
    if (type) at += (plain ? 1 : 0) + std::string_view("::[]").size() + type->size();
  }
  return made;
}

}  // namespace

std::string as_restored(std::string_view sql) { return restored(sql, 0); }

}  // namespace primecloud::contract
