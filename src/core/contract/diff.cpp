#include "core/contract/diff.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/contract/contract.hpp"
#include "core/contract/contract_pair.hpp"

namespace primecloud::contract {
namespace {

// A change that is told where it comes from, as gravely, is not told again where it shows.
void drop_consequences(changes &found) {
  std::set<std::tuple<std::string, std::string, bool, bool>> told;
  for (const auto &row : found) {
    for (const bool readers : {false, row.breaks_readers}) {
      for (const bool writers : {false, row.breaks_writers}) told.emplace(row.object, row.name, readers, writers);
    }
  }
  std::erase_if(found, [&](const change &row) {
    return std::any_of(row.causes.begin(), row.causes.end(), [&](const std::string &cause) {
      return told.count({cause, row.name, row.breaks_readers, row.breaks_writers}) > 0;
    });
  });
}

// One row a change of an object: the gravest verdict, every reason.
void merge_alike(changes &found) {
  std::stable_sort(found.begin(), found.end(), [](const change &a, const change &b) {
    return std::tie(a.object, a.name) < std::tie(b.object, b.name);
  });
  changes merged;
  for (auto &row : found) {
    if (merged.empty() || merged.back().object != row.object || merged.back().name != row.name) {
      merged.push_back(std::move(row));
      continue;
    }
    change &last = merged.back();
    last.breaks_readers = last.breaks_readers || row.breaks_readers;
    last.breaks_writers = last.breaks_writers || row.breaks_writers;
    last.review = last.review || row.review;
    if (last.reason != row.reason) last.reason += "; " + row.reason;
  }
  found = std::move(merged);
}

}  // namespace

changes diff(std::string_view old_text, std::string_view new_text) {
  const node before = read_contract(old_text), after = read_contract(new_text);
  contract_pair both{before, after, read_usage(before), read_usage(after), {}, {}};
  find_renamed(both);
  diff_types(both);
  diff_entities(both);
  diff_functions(both);
  diff_lists(both);
  drop_consequences(both.found);
  merge_alike(both.found);
  return std::move(both.found);
}

}  // namespace primecloud::contract
