// What becomes of a write: a view's check option, rules in its place, deletes.
#include <algorithm>
#include <set>
#include <string_view>

#include "core/contract/contract_pair.hpp"

namespace primecloud::contract {
namespace {

bool is_table(const node &entity) { return entity["kind"].text == "table" || entity["kind"].text == "foreign table"; }

bool takes_updates(const node &entity) {
  const auto &columns = entity["columns"].members;
  return is_table(entity) || std::any_of(columns.begin(), columns.end(),
                                         [](const auto &column) { return column.second["writable"].flag_or(false); });
}

bool takes_deletes(const node &entity) { return entity["deletable"].flag_or(entity["insertable"].flag_or(false)); }

// Of one line: a rule is of several, and what stands in it is its owner's to write.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) < ' '; }, ' ');
  return text;
}

// A rule's text begins with what it is for.
bool was_taken(std::string_view rule, const node &before, const node &after) {
  if (rule.starts_with("INSERT ")) return before["insertable"].flag_or(false) && after["insertable"].flag_or(false);
  return rule.starts_with("DELETE ") ? takes_deletes(before) && takes_deletes(after) : takes_updates(before);
}

template <class Each>
void for_each_new(const node &before, const node &after, Each each) {
  std::set<std::string_view> had;
  for (const auto &item : before.items) had.insert(item.text);
  for (const auto &item : after.items) {
    if (had.count(item.text) == 0) each(item.text);
  }
}

}  // namespace

void diff_writes(contract_pair &both, const std::string &entity, const node &before, const node &after) {
  const bool writes = before["insertable"].flag_or(false) || takes_updates(before);
  for_each_new(after["conditions"], before["conditions"], [&](const std::string &condition) {
    both.tell(entity, "constraint_removed", false, false, "rows need not meet " + one_line(condition));
  });
  for_each_new(before["conditions"], after["conditions"], [&](const std::string &condition) {
    both.tell(entity, "constraint_added", false, writes,
              "rows that do not meet " + one_line(condition) + " are refused with 44000");
  });
  for_each_new(after["rewrites"], before["rewrites"], [&](const std::string &rule) {
    both.tell(entity, "rewrite_changed", false, was_taken(rule, before, after), "no longer: " + one_line(rule));
  });
  for_each_new(before["rewrites"], after["rewrites"], [&](const std::string &rule) {
    both.tell(entity, "rewrite_changed", false, was_taken(rule, before, after), "now: " + one_line(rule));
  });
  // (Of a table that became a view, or the other way about, its kind tells that.)
  const bool took = takes_deletes(before), takes = takes_deletes(after);
  if (took == takes || before["insertable"] != after["insertable"] || before["kind"] != after["kind"]) return;
  both.tell(entity, takes ? "writability_gained" : "writability_lost", false, took,
            takes ? "its rows can be deleted now" : "its rows cannot be deleted any more");
}

}  // namespace primecloud::contract
