// Tables, views and composite types: which came, which went, what kind they are.
#include "core/contract/contract_pair.hpp"

namespace primecloud::contract {
namespace {

bool is_table(const node &entity) { return entity["kind"].text == "table" || entity["kind"].text == "foreign table"; }
bool is_composite(const node &entity) { return entity["kind"].text == "composite"; }

void removed(contract_pair &both, const std::string &name, const node &entity) {
  const use used = both.used_before.of(name);
  const bool readers = is_composite(entity) ? used.read : true;
  const bool writers = is_composite(entity) ? used.sent : entity["insertable"].flag_or(false);
  both.tell(name, "entity_removed", readers, writers, "there is no " + name + " any more");
}

void diff_kind(contract_pair &both, const std::string &name, const node &before, const node &after) {
  const bool took = before["insertable"].flag_or(false), takes = after["insertable"].flag_or(false);
  const std::string &was = before["kind"].text, &is = after["kind"].text;
  if (was != is) {
    both.tell(name, "entity_kind_changed", false, took && !takes,
              "the " + was + " became a " + is + (took && !takes ? " that takes no rows" : ""));
  } else if (took != takes) {
    both.tell(name, takes ? "writability_gained" : "writability_lost", false, took,
              takes ? "it takes rows now" : "it takes no rows any more");
  }
}

void kept(contract_pair &both, const std::string &name, const node &before, const node &after) {
  if (before["name"] != after["name"])
    both.tell(name, "name_changed", false, false, before["name"].text + " became " + after["name"].text);
  diff_kind(both, name, before, after);
  const use used = both.of(name);
  const bool composite = is_composite(before) && is_composite(after);
  const column_side old_side{before["columns"], composite ? used.read : true,
                             composite ? used.sent : before["insertable"].flag_or(false)};
  const column_side new_side{after["columns"], composite ? used.read : true,
                             composite ? used.sent : after["insertable"].flag_or(false)};
  diff_columns(both, old_side, new_side, {name + ".", after["kind"].text, before["checks"], after["checks"]});
  diff_writes(both, name, before, after);
  // Keys, rules and defaults of a table pass through a view that stands in its place.
  if (!is_table(before) || !is_table(after)) return;
  diff_keys(both, name, before, after);
  diff_relations(both, name, before, after);
  diff_rules(both, name, before, after);
}

}  // namespace

void diff_entities(contract_pair &both) {
  const node &old_entities = both.before["entities"], &new_entities = both.after["entities"];
  const auto became = [&](const std::string &old_name) {
    for (const auto &[next, was] : both.renamed) {
      if (was == old_name && new_entities.has(next)) return true;
    }
    return false;
  };
  for (const auto &[name, entity] : old_entities.members) {
    if (new_entities.has(name)) {
      kept(both, name, entity, new_entities[name]);
    } else if (!became(name)) {
      removed(both, name, entity);
    }
  }
  for (const auto &[name, entity] : new_entities.members) {
    if (!old_entities.has(name) && !both.renamed.count(name))
      both.tell(name, "entity_added", false, false, "a new " + entity["kind"].text);
  }
}

}  // namespace primecloud::contract
