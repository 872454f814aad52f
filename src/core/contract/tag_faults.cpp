#include "core/contract/tag_faults.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/ascii.hpp"
#include "core/contract/comment.hpp"
#include "core/contract/tags.hpp"

namespace primecloud::contract {
namespace {

using fault = std::optional<std::string>;

// As contract_diff tells them.
constexpr std::string_view change_names[] = {"argument_added",        "argument_removed",
                                             "arguments_reordered",   "bound_loosened",
                                             "bound_tightened",       "class_lowered",
                                             "class_raised",          "column_added",
                                             "column_removed",        "constraint_added",
                                             "constraint_removed",    "constraint_renamed",
                                             "cursor_scope_changed",  "default_added",
                                             "default_changed",       "default_removed",
                                             "entity_added",          "entity_kind_changed",
                                             "entity_removed",        "error_added",
                                             "error_removed",         "function_added",
                                             "function_kind_changed", "function_removed",
                                             "generated_changed",     "key_added",
                                             "key_changed",           "key_removed",
                                             "name_changed",          "nullability_loosened",
                                             "nullability_tightened", "overload_ambiguous",
                                             "readability_gained",    "readability_lost",
                                             "relation_added",        "relation_changed",
                                             "relation_removed",      "result_changed",
                                             "rewrite_changed",       "type_changed",
                                             "type_narrowed",         "type_renamed",
                                             "type_widened",          "value_added",
                                             "value_removed",         "writability_gained",
                                             "writability_lost"};

bool starts_with_code(std::string_view text) {
  return text.size() >= 5 &&
         std::all_of(text.begin(), text.begin() + 5, [](char c) { return is_digit(c) || is_upper(c); }) &&
         (text.size() == 5 || !is_word_letter(text[5]));
}

std::string_view without_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == text.npos ? std::string_view() : text.substr(begin);
}

fault of_error(std::string_view rest, const commented &on) {
  if (on.kind != "function") return "is of functions alone";
  if (!starts_with_code(rest)) return "is not followed by an SQLSTATE, which is five digits and capital letters";
  auto behind = without_blanks(rest.substr(5));
  for (const std::string_view joint : {",", "and ", "or "}) {
    if (behind.starts_with(joint) && starts_with_code(without_blanks(behind.substr(joint.size()))))
      return "is followed by a second SQLSTATE, which wants a line of its own";
  }
  return std::nullopt;
}

fault of_breaks(std::string_view rest, const commented &on) {
  if (on.kind == "other") return "is read of a schema, a table, a view, a column, a type or a function alone";
  const auto end = std::min(rest.find(' '), rest.size());
  if (std::find(std::begin(change_names), std::end(change_names), rest.substr(0, end)) == std::end(change_names))
    return "is not followed by the name of a change, as contract_diff tells it";
  if (on.kind == "schema" && without_blanks(rest.substr(end)).empty()) return "names no object";
  return std::nullopt;
}

bool is_line_of(std::string_view lines, std::string_view name) {
  return (std::string(lines) + "\n").find("\n" + std::string(name) + "\n") != std::string::npos;
}

// The first word, and those behind commas.
fault of_names(std::string_view rest, const commented &on, bool not_null) {
  if (rest.empty()) return not_null ? fault() : fault("is followed by no name");
  while (true) {
    const auto end = std::min(rest.find_first_of(" ,"), rest.size());
    const auto name = rest.substr(0, end);
    if (!is_line_of(on.given, name) && (not_null || !is_line_of(on.sent, name)))
      return "names \"" + std::string(name) + "\", which is no column of the result" +
             (not_null ? "" : " and no argument");
    rest = without_blanks(rest.substr(end));
    if (!rest.starts_with(',')) return std::nullopt;
    rest = without_blanks(rest.substr(1));
    if (rest.empty()) return std::nullopt;
  }
}

fault of_nulls(std::string_view rest, const commented &on, bool not_null, std::string_view comment) {
  if (on.kind == "function") return of_names(rest, on, not_null);
  if (on.kind == "open column") return not_null ? fault("is not so: the column can be NULL") : fault();
  if (on.kind == "filled column") return not_null ? fault() : fault("is not so: the column is NOT NULL");
  if (on.kind != "column") return "is of functions, and of columns of views and composite types, alone";
  return not_null && !lines_behind(comment, "nullable").empty() ? fault("is contradicted by @nullable") : fault();
}

fault of_tag(std::string_view tag, std::string_view rest, const commented &on, std::string_view comment) {
  if ((tag == "error" || tag == "breaks") && !lines_behind(rest, tag).empty())
    return "is followed by another on its line";
  if (tag == "error") return of_error(rest, on);
  if (tag == "breaks") return of_breaks(rest, on);
  if (tag == "notNull" || tag == "nullable") return of_nulls(rest, on, tag == "notNull", comment);
  if (tag == "name") {
    if (on.kind != "relation") return "is of tables, views, enums and composite types alone";
    return rest.empty() ? fault("is followed by no name") : fault();
  }
  return on.kind == "function" || on.kind.ends_with("column") ? fault() : fault("is of columns alone");
}

// @Secret, @not_null and @errors are meant for tags.
std::string meant(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c != '_') out += to_lower(c);
  }
  if (out.ends_with('s')) out.pop_back();
  return out;
}

}  // namespace

std::string tag_faults(std::string_view comment, const commented &on) {
  std::string out;
  for (auto at = comment.find('@'); at != comment.npos; at = comment.find('@', at + 1)) {
    if (at > 0 && !is_blank(comment[at - 1])) continue;
    const auto begin = at + 1;
    const auto end =
        std::min(comment.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789", begin),
                 comment.size());
    const auto word = comment.substr(begin, end - begin);
    for (const std::string_view tag :
         {"name", "error", "breaks", "notNull", "nullable", "public", "pii", "token", "secret"}) {
      if (meant(word) != meant(tag)) continue;
      const auto rest = trimmed(comment.substr(end, std::min(comment.find('\n', end), comment.size()) - end));
      const auto why = word == tag ? of_tag(tag, rest, on, comment) : fault("is written @" + std::string(tag));
      if (why) out.append("\n@").append(word).append(rest.empty() ? "" : " ").append(rest).append("\n").append(*why);
      break;
    }
  }
  return out;
}

}  // namespace primecloud::contract
