// Columns and attributes: which came, which went, and what became of the others.
#include <algorithm>

#include "core/contract/contract_pair.hpp"
#include "core/contract/value_words.hpp"

namespace primecloud::contract {
namespace {

// What a column's own changes come from, where the same change is told there.
std::vector<std::string> causes_of(const node &before, const node &after) {
  std::vector<std::string> causes;
  for (const auto *key : {"source", "domain", "element_domain"}) {
    if (before.has(key) && before[key] == after[key]) causes.push_back(before[key].text);
  }
  if (before["of"].text == "enum" && before["type"] == after["type"]) causes.push_back(before["type"].text);
  return causes;
}

// Whether the CHECKs that say something of the column are other ones now.
bool checks_changed(const column_place &at, const std::string &column) {
  const auto about = [&](const node &checks) {
    std::map<std::string, node> said;
    for (const auto &[name, check] : checks.members) {
      const auto columns = check["columns"].texts();
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) said[name] = check;
    }
    return said;
  };
  return about(at.old_checks) != about(at.new_checks);
}

// Whether a CHECK on the column was NOT VALID and holds for every row now.
bool validated(const column_place &at, const std::string &column) {
  return std::any_of(at.old_checks.members.begin(), at.old_checks.members.end(), [&](const auto &old) {
    const node &check = at.new_checks[old.first];
    const auto columns = check["columns"].texts();
    return old.second["not_valid"].flag_or(false) && check.is_object() && !check["not_valid"].flag_or(false) &&
           std::find(columns.begin(), columns.end(), column) != columns.end();
  });
}

void added(contract_pair &both, const std::string &object, const node &column, const column_side &after,
           const column_place &at) {
  const bool table = at.kind == "table" || at.kind == "foreign table";
  const bool filled =
      column["nullable"].flag_or(false) || column["has_default"].flag_or(false) || column.has("generated");
  const bool required = table ? !filled : at.kind == "composite";
  both.tell(object, "column_added", false, required && after.writable,
            !required ? "who does not know it leaves it out"
            : table   ? "it is required: inserts that leave it out are refused"
                      : "a row written without it is too short");
}

void removed(contract_pair &both, const std::string &object, const node &column, const column_side &before,
             const column_place &at) {
  const bool sent = before.writable && (at.kind == "composite" || is_written(column));
  both.tell(object, "column_removed", before.readable && !is_unread(column), sent, "it is not there any more");
}

void kept(contract_pair &both, const std::string &name, const node &before, const node &after,
          const column_side &old_side, const column_side &new_side, const column_place &at) {
  const bool composite = at.kind == "composite";
  const bool sent_before = old_side.writable && (composite || is_written(before));
  const bool sent_after = new_side.writable && (composite || is_written(after));
  const bool read_before = old_side.readable && !is_unread(before), read_after = new_side.readable && !is_unread(after);
  place here;
  here.object = at.prefix + name;
  here.used = {read_before && read_after, sent_before && sent_after};
  here.causes = causes_of(before, after);
  here.lengths_by_check = checks_changed(at, name);
  here.validated = validated(at, name);
  const bool generated = before["generated"] != after["generated"];
  diff_class(both, before, after, here.object, here.causes);
  if (generated) diff_generated(both, before, after, here);
  if (before["select"].flag_or(true) != after["select"].flag_or(true))
    both.tell(here.object, after["select"].flag_or(true) ? "readability_gained" : "readability_lost",
              read_before && !read_after, false, "the role's right to read it");
  if (old_side.writable && new_side.writable && !generated && sent_before != sent_after)
    both.tell(here.object, sent_after ? "writability_gained" : "writability_lost", false, sent_before,
              sent_after ? "it takes values now" : "it takes no values any more");
  diff_typed(both, before, after, here);
  if (!generated) diff_default(both, before, after, here);
}

// Record literals go by position: the common attributes in another order mean another thing.
void diff_order(contract_pair &both, const column_side &before, const column_side &after, const column_place &at) {
  const auto in_order = [](const node &columns, const node &others) {
    std::vector<std::pair<int, std::string>> order;
    for (const auto &[name, column] : columns.members) {
      if (others.has(name)) order.emplace_back(column["position"].count_or(0), name);
    }
    std::sort(order.begin(), order.end());
    std::vector<std::string> names;
    names.reserve(order.size());
    for (auto &[position, name] : order) names.push_back(std::move(name));
    return names;
  };
  if (in_order(before.columns, after.columns) == in_order(after.columns, before.columns)) return;
  both.tell(at.prefix.substr(0, at.prefix.size() - 1), "arguments_reordered", false, true,
            "rows are written by position");
}

}  // namespace

void diff_columns(contract_pair &both, const column_side &before, const column_side &after, const column_place &at) {
  for (const auto &[name, column] : after.columns.members) {
    if (before.columns.has(name)) {
      kept(both, name, before.columns[name], column, before, after, at);
    } else {
      added(both, at.prefix + name, column, after, at);
    }
  }
  for (const auto &[name, column] : before.columns.members) {
    if (!after.columns.has(name)) removed(both, at.prefix + name, column, before, at);
  }
  if (at.kind == "composite" && before.writable && after.writable) diff_order(both, before, after, at);
}

}  // namespace primecloud::contract
