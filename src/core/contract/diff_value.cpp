#include "core/contract/diff_value.hpp"

#include <algorithm>

#include "core/contract/value_list.hpp"
#include "core/contract/value_set.hpp"
#include "core/contract/value_words.hpp"
#include "core/contract/wire.hpp"

namespace primecloud::contract {
namespace {

void tell(const place &at, const char *name, bool readers, bool writers, std::string reason, changes &found) {
  found.push_back({at.object, name, readers && at.used.read, writers && at.used.sent && !at.validated,
                   std::move(reason), false, at.causes});
}

// Whichever of the three a change of type is: `grew` if all of the old is in the new, `shrank` the other way.
const char *type_change(bool grew, bool shrank) {
  if (grew != shrank) return grew ? "type_widened" : "type_narrowed";
  return grew ? "type_widened" : "type_changed";
}

// text, varchar and an enum are one type on both wires: what they leave of it is told by values and lengths.
bool same_name(const value_type &a, const value_type &b) {
  const bool texts = (a.is_text() || a.of == "enum") && (b.is_text() || b.of == "enum");
  return texts || (a.type == b.type && a.of == b.of && a.extension == b.extension);
}

bool same_modifiers(const value_type &a, const value_type &b) {
  return a.precision == b.precision && a.scale.value_or(0) == b.scale.value_or(0);
}

std::string values_of(const std::vector<node> &from, const std::vector<node> &without) {
  std::string list;
  const value_list among(without);
  for (const auto &value : from) {
    if (among.has(value)) continue;
    list += (list.empty() ? "" : ", ") + literal(value);
  }
  return list;
}

void diff_lists(const value_type &before, const value_type &after, const place &at, changes &found) {
  const std::string added = values_of(*after.values, *before.values), gone = values_of(*before.values, *after.values);
  if (!added.empty()) tell(at, "value_added", true, false, "may be " + added + " now", found);
  if (!gone.empty()) tell(at, "value_removed", false, true, gone + " is refused now", found);
}

void diff_facts(const value_type &before, const value_type &after, const place &at, changes &found) {
  if (before.values && after.values) return diff_lists(before, after, at, found);
  if (before.values || after.values) {
    const bool grew = facts_within(before, after), shrank = facts_within(after, before);
    return tell(at, type_change(grew, shrank), !shrank, !grew, words(before) + " became " + words(after), found);
  }
  const bool of_type = !at.lengths_by_check && !(before.is_builtin("text") && after.is_builtin("text"));
  const bool longer = !lengths_within(after, before), shorter = !lengths_within(before, after);
  const bool grew = patterns_within(before, after) && !(of_type && shorter);
  const bool shrank = patterns_within(after, before) && !(of_type && longer);
  if (!grew || !shrank) {
    const bool taken = before.is_builtin("bpchar") ? still_taken(before, after) : grew;
    tell(at, type_change(grew, shrank), !shrank, !taken, words(before) + " became " + words(after), found);
  }
  if (!interval_within(after, before) || (!of_type && longer))
    tell(at, "bound_loosened", true, false, "more may come: " + words(before) + " became " + words(after), found);
  if (!interval_within(before, after) || (!of_type && shorter))
    tell(at, "bound_tightened", false, true, "less is taken: " + words(before) + " became " + words(after), found);
}

}  // namespace

void diff_values(const value_type &old_type, const value_type &new_type, const place &at, changes &found) {
  value_type before = old_type, after = new_type;
  const std::string became = words(before) + " became " + words(after);
  const bool named_alike = same_name(before, after), forms = same_forms(before, after);
  const bool taken = still_taken(before, after);
  if (at.argument && (!named_alike || !same_modifiers(before, after) || before.dimensions != after.dimensions))
    return tell(at, type_change(taken, still_taken(after, before)), false, !taken, became, found);
  if (!forms && !at.argument) return tell(at, "type_changed", true, !taken, became + " on the wire", found);
  if (!named_alike || !same_modifiers(before, after)) {
    const bool grew = within(before, after), shrank = within(after, before);
    return tell(at, type_change(grew, shrank), !shrank, !taken, became, found);
  }
  // What else a domain demands shows in no type; who writes meets it.
  const bool harder =
      !std::includes(at.opaque_before.begin(), at.opaque_before.end(), at.opaque_after.begin(), at.opaque_after.end());
  const auto had = found.size();
  after.elements_nullable = before.elements_nullable;
  diff_facts(before, after, at, found);
  if (found.size() > had || at.opaque_before == at.opaque_after) return;
  tell(at, harder ? "type_narrowed" : "type_widened", false, harder, "its domain became " + new_type.domain, found);
}

void diff_nullability(bool before, bool after, const value_type &old_type, const value_type &new_type, const place &at,
                      changes &found) {
  const bool arrays =
      old_type.is_array() && old_type.dimensions == new_type.dimensions && same_forms(old_type, new_type);
  const bool elements = arrays && old_type.elements_nullable != new_type.elements_nullable;
  if ((!before && after) || (elements && new_type.elements_nullable))
    tell(at, "nullability_loosened", true, false, !before && after ? "null may come" : "null may be among the elements",
         found);
  if ((before && !after) || (elements && !new_type.elements_nullable))
    tell(at, "nullability_tightened", false, true,
         before && !after ? "null is refused" : "null among the elements is refused", found);
}

}  // namespace primecloud::contract
