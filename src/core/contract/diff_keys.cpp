// Keys and relations of a table.
#include <algorithm>
#include <set>

#include "core/contract/constraint_pairs.hpp"
#include "core/contract/contract_pair.hpp"

namespace primecloud::contract {

// (An expression names no column that could be missing.)
bool any_missing(const node &columns, const node &from) {
  return std::any_of(columns.items.begin(), columns.items.end(),
                     [&](const node &column) { return column.is == node::kind::text && !from.has(column.text); });
}
bool all_missing(const node &columns, const node &from) {
  return !columns.items.empty() && std::all_of(columns.items.begin(), columns.items.end(), [&](const node &column) {
    return column.is == node::kind::text && !from.has(column.text);
  });
}

namespace {

std::string listed(const node &columns) {
  std::string list;
  for (const auto &column : columns.items) {
    list += (list.empty() ? "" : ", ") + (column.is == node::kind::text ? column.text : column["expression"].text);
  }
  return list;
}

bool is_subset(const node &columns, const node &of) {
  return std::all_of(columns.items.begin(), columns.items.end(), [&](const node &column) {
    return std::find(of.items.begin(), of.items.end(), column) != of.items.end();
  });
}

// What it is over, and what else it differs in.
std::string described(const node &key) {
  std::string words = "(" + listed(key["columns"]) + ")";
  if (key.has("where")) words += " where " + key["where"].text;
  if (!key["nulls_distinct"].flag_or(true)) words += " nulls not distinct";
  for (const auto &[place, collation] : key["equal_by"].members) words += " by " + collation.text;
  if (key["deferrable"].flag_or(false)) words += " deferrable";
  if (key["deferred"].flag_or(false)) words += " initially deferred";
  return words;
}

void diff_key(contract_pair &both, const std::string &object, const node &before, const node &after) {
  if (before == after) return;
  const auto distinct = [](const node &key) { return key["nulls_distinct"].flag_or(true); };
  const bool same_columns =
      is_subset(before["columns"], after["columns"]) && is_subset(after["columns"], before["columns"]);
  const bool primary = before["kind"].text == "primary" || after["kind"].text == "primary";
  const bool fewer = is_subset(after["columns"], before["columns"]) && (!primary || same_columns);
  // (A collation that makes one of several texts makes one row of several.)
  const bool other_equality = before["equal_by"] != after["equal_by"];
  const bool readers = !fewer || (after.has("where") && before["where"] != after["where"]) ||
                       (!distinct(before) && distinct(after)) || (other_equality && before.has("equal_by"));
  // ON CONFLICT finds it by its columns and its condition, or by its name where it is a constraint.
  const bool found = same_columns && before["where"] == after["where"] && before["deferrable"] == after["deferrable"] &&
                     (after["kind"].text != "unique index" || before["kind"] == after["kind"]);
  const bool stricter = (distinct(before) && !distinct(after)) || (other_equality && after.has("equal_by"));
  const bool other_time = before["deferred"] != after["deferred"];
  both.tell(object, "key_changed", readers, !found || stricter || other_time,
            described(before) + " became " + described(after));
}

// Inserts that leave the new column out never meet: it is null then, or another value each time.
bool unmet(const node &key, const node &old_columns, const node &new_columns) {
  return std::any_of(key["columns"].items.begin(), key["columns"].items.end(), [&](const node &name) {
    const node &column = new_columns[name.text];
    if (name.is != node::kind::text || old_columns.has(name.text)) return false;
    if (column.has("generated") ? column["generated"].text != "stored" : column["default"]["computed"].flag_or(false))
      return true;
    return column["nullable"].flag_or(false) && !column["has_default"].flag_or(false) &&
           key["nulls_distinct"].flag_or(true);
  });
}

// A table that was renamed, or that a view stands in front of now, is told there.
bool target_told(const contract_pair &both, const std::string &target) {
  const node &was = both.before["entities"][target], &is = both.after["entities"][target];
  return was["kind"] != is["kind"];
}

}  // namespace

void diff_keys(contract_pair &both, const std::string &entity, const node &before, const node &after) {
  const auto pairs = pair_constraints(
      before["keys"], after["keys"],
      [&](const std::string &old, const std::string &next) { return before["keys"][old] == after["keys"][next]; });
  const auto object = [&](const std::string &name) { return entity + "." + name; };
  for (const auto &name : pairs.kept) {
    if (!any_missing(before["keys"][name]["columns"], after["columns"]))
      diff_key(both, object(name), before["keys"][name], after["keys"][name]);
  }
  for (const auto &[old, next] : pairs.renamed)
    both.tell(object(old), "constraint_renamed", false, true, "errors name " + next + " now");
  for (const auto &name : pairs.gone) {
    const node &columns = before["keys"][name]["columns"];
    if (any_missing(columns, after["columns"])) continue;
    both.tell(object(name), "key_removed", true, true,
              "several rows may have one (" + listed(columns) + "), and ON CONFLICT fails");
  }
  for (const auto &name : pairs.come) {
    const node &key = after["keys"][name];
    const bool harmless = unmet(key, before["columns"], after["columns"]);
    both.tell(object(name), "key_added", false, !harmless,
              "a second row with one (" + listed(key["columns"]) + ") is refused");
  }
}

void diff_relations(contract_pair &both, const std::string &entity, const node &before, const node &after) {
  const node &was = before["relations"], &is = after["relations"];
  const auto pairs =
      pair_constraints(was, is, [&](const std::string &old, const std::string &next) { return was[old] == is[next]; });
  const auto object = [&](const std::string &name) { return entity + "." + name; };
  for (const auto &name : pairs.kept) {
    node old = was[name], next = is[name];
    if (any_missing(old["columns"], after["columns"])) continue;
    if (old["to"] != next["to"] && target_told(both, old["to"].text)) old.members["to"] = next["to"];
    if (old == next) continue;
    const bool readers = old["to"] != next["to"] || !is_subset(old["columns"], next["columns"]) ||
                         (next["not_valid"].flag_or(false) && !old["not_valid"].flag_or(false));
    old.members.erase("not_valid");
    next.members.erase("not_valid");
    both.tell(object(name), "relation_changed", readers, old != next,
              "(" + listed(next["columns"]) + ") to " + next["to"].text + " on delete " + next["on_delete"].text +
                  ", on update " + next["on_update"].text +
                  (next["deferred"].flag_or(false)     ? ", initially deferred"
                   : next["deferrable"].flag_or(false) ? ", deferrable"
                                                       : ""));
  }
  for (const auto &[old, next] : pairs.renamed)
    both.tell(object(old), "constraint_renamed", false, true, "errors name " + next + " now");
  for (const auto &name : pairs.gone) {
    if (any_missing(was[name]["columns"], after["columns"]) || !both.after["entities"].has(was[name]["to"].text))
      continue;
    both.tell(object(name), "relation_removed", true, false, "a row of " + was[name]["to"].text + " may be missing");
  }
  for (const auto &name : pairs.come)
    both.tell(object(name), "relation_added", false, true,
              "a row of " + is[name]["to"].text + " must be there, and may not go");
}

}  // namespace primecloud::contract
