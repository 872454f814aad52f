#include "core/contract/check.hpp"

#include <algorithm>

#include "core/contract/check_terms.hpp"

namespace primecloud::contract {
namespace {

void add(saying &whole, const saying &part) {
  for (const auto &[column, known] : part.columns) {
    const auto [at, is_new] = whole.columns.emplace(column, known);
    if (!is_new) intersect(at->second, known);
  }
  whole.told &= part.told;
}

saying read_both(const term &condition) {
  saying whole{{}, true};
  for (const term *part = condition.first; part != nullptr; part = part->next) add(whole, read(*part));
  return whole;
}

bool only_null(const facts &known) { return known.values && known.values->empty(); }

// A OR B says of a column what both sides say of it.  It is all that they demand where they speak of
// nothing else, and each lists values, or all but one say IS NULL.
saying read_either(const term &condition) {
  std::map<int, std::vector<facts>> sides;
  std::size_t parts = 0;
  bool all_told = true, all_lists = true;
  int others = 0;
  for (const term *part = condition.first; part != nullptr; part = part->next, parts++) {
    saying side = read(*part);
    if (side.told && side.columns.empty()) return {{}, true};  // it is true or unknown in any case
    all_told &= side.told && side.columns.size() == 1;
    for (auto &[column, known] : side.columns) {
      all_lists &= known.only_values() && !known.not_null;
      others += only_null(known) ? 0 : 1;
      sides[column].push_back(std::move(known));
    }
  }
  saying whole;
  for (const auto &[column, known] : sides) {
    if (known.size() == parts) whole.columns.emplace(column, alternative(known));
  }
  whole.told = all_told && whole.columns.size() == 1 && (all_lists || others <= 1);
  return whole;
}

}  // namespace

saying read(const term &condition) {
  switch (condition.is) {
    case term::what::both: return read_both(condition);
    case term::what::either: return read_either(condition);
    case term::what::opaque: return {};
    default: return read_one(condition);
  }
}

saying read_all(const term *const *conditions, std::size_t count) {
  saying whole{{}, true};
  for (std::size_t i = 0; i < count; i++) add(whole, read(*conditions[i]));
  return whole;
}

bool saying::only_values() const {
  return told && std::all_of(columns.begin(), columns.end(), [](const auto &column) {
           facts known = column.second;
           known.not_null = false;
           return known.only_values() || json_of(known) == json_of({});
         });
}

}  // namespace primecloud::contract
