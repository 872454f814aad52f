#include "core/contract/overloads.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/contract/pause.hpp"

namespace primecloud::contract {
namespace {

std::string type_of(const node &argument) {
  std::string name = argument["domain"].text_or(argument["type"].text);
  for (int i = argument["dimensions"].count_or(0) > 0 ? 1 : 0; i > 0; i--) name += "[]";
  return name;
}

int required(const node &function) {
  const auto &arguments = function["arguments"].items;
  return static_cast<int>(std::count_if(arguments.begin(), arguments.end(),
                                        [](const node &argument) { return !argument["optional"].flag_or(false); }));
}

template <std::size_t n>
bool among(const std::string &name, const std::array<std::string_view, n> &names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_string(const std::string &type) {
  return among(type, std::array<std::string_view, 5>{"text", "varchar", "bpchar", "name", "citext"});
}
// The type of its category that constants without one are taken for.
bool is_preferred(const std::string &type) {
  return among(type,
               std::array<std::string_view, 7>{"text", "float8", "oid", "timestamptz", "interval", "inet", "bool"});
}

// Which of two a constant without a type goes to: below 0 the first, above 0 the second.
int chosen(const std::string &first, const std::string &second) {
  if (is_string(first) != is_string(second)) return is_string(first) ? -1 : 1;
  if (is_preferred(first) != is_preferred(second)) return is_preferred(first) ? -1 : 1;
  return 0;
}

}  // namespace

std::vector<std::string> types_of(const node &function) {
  std::vector<std::string> types;
  for (const auto &argument : function["arguments"].items) types.push_back(type_of(argument));
  return types;
}

overloads overloads_of(const node &contract, const std::string &name) {
  overloads all;
  for (const auto &function : contract["reads"][name].items) all.push_back({&function, false});
  for (const auto &function : contract["commands"][name].items) all.push_back({&function, true});
  return all;
}

bool is_ambiguous(const node &old, const node &next) {
  const auto mine = types_of(old), theirs = types_of(next);
  const int least = std::max(required(old), required(next));
  const int most = static_cast<int>(std::min(mine.size(), theirs.size()));
  for (int count = least; count <= most; count++) {
    pausing::now_and_then();
    const auto first = static_cast<std::size_t>(count);
    if (std::equal(mine.begin(), mine.begin() + static_cast<long>(first), theirs.begin())) return true;
    bool kept = false, lost = false;
    for (std::size_t i = 0; i < first; i++) {
      if (mine[i] == theirs[i]) continue;
      const int way = chosen(mine[i], theirs[i]);
      (way < 0 ? kept : lost) = true;
    }
    if (lost || !kept) return true;
  }
  return false;
}

}  // namespace primecloud::contract
