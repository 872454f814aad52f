#include "core/review/given.hpp"

#include <algorithm>

#include "core/review/asker.hpp"
#include "core/review/connected.hpp"
#include "core/review/proven.hpp"

namespace primecloud::review {
namespace {

void note_columns(const node *n, use &found) {
  const auto known = [&](const asked_column &c) { return c.number == n->number; };
  if (n->is == kind::other && std::none_of(found.columns.begin(), found.columns.end(), known))
    found.columns.push_back({n->number, false});
  for (const node *below : *n) note_columns(below, found);
}

void give(const std::vector<std::int64_t> &numbers, use &found) {
  for (asked_column &column : found.columns)
    if (std::find(numbers.begin(), numbers.end(), column.number) != numbers.end()) column.given = true;
}

// What an expression that is whoever asks takes from subqueries.
void note_given_by(const node *asker, use &found) {
  const node *value = without_conversions(asker);
  switch (value->is) {
    case kind::scalar:
    case kind::array_of: {
      const connections all(value->args[0]);
      give(all.alike(value->args[1]), found);
      return note_given_by(value->args[1], found);
    }
    case kind::call:
    case kind::null_if:
    case kind::first:
    case kind::list:
      for (const node *below : *value) note_given_by(below, found);
      return;
    default: return;
  }
}

use of_proof(const node *n) {
  use found;
  note_columns(n, found);
  found.believes = believed(n) != nullptr;
  const node *proof = n;
  while (proof->is == kind::is_true) proof = proof->args[0];
  switch (proof->is) {
    case kind::exists: give(connections(proof->args[0]).of_the_tenant(), found); break;
    case kind::any_row:
      give(connections(proof->args[0]).alike(proof->args[2]), found);
      note_given_by(proof->args[2], found);
      break;
    default:
      for (const node *side : *proof) note_given_by(side, found);
  }
  return found;
}

}  // namespace

use used_by(const node *n) {
  if (n->is == kind::either) {
    use all;
    for (const node *each : *n) {
      const use one = used_by(each);
      all.columns.insert(all.columns.end(), one.columns.begin(), one.columns.end());
      all.believes = all.believes || one.believes;
    }
    return all;
  }
  if (n->is != kind::both) return is_proof(n) ? of_proof(n) : use{};
  const node *least = nullptr;
  use found;
  for (const node *part : *n) {
    if (!is_proven(part)) continue;
    use one = used_by(part);
    const bool less = one.believes == found.believes ? one.columns.size() < found.columns.size() : found.believes;
    if (least != nullptr && !less) continue;
    least = part;
    found = std::move(one);
  }
  return found;
}

const node *believed(const node *n) {
  if (n->is == kind::context && !n->has(product) && !n->has(setting) && !n->has(role_name)) return n;
  for (const node *below : *n)
    if (const node *found = believed(below)) return found;
  return nullptr;
}

}  // namespace primecloud::review
