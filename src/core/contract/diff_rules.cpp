// CHECKs and exclusions of a table: those that no type tells, and the names that errors have.
#include "core/contract/constraint_pairs.hpp"
#include "core/contract/contract_pair.hpp"

namespace primecloud::contract {
namespace {

// Every rule with what is known of it; `checks` may say nothing of an exclusion.
node rules_of(const node &entity) {
  node all;
  all.is = node::kind::object;
  for (const auto &[name, code] : entity["rules"].members) {
    node rule = entity["checks"][name];
    rule.is = node::kind::object;
    rule.members["code"] = code;
    all.members[name] = rule;
  }
  return all;
}

// What types and values do not tell: it stands as a rule of its own.
bool is_opaque(const node &rule) { return rule["told"].text != "all" || rule["not_valid"].flag_or(false); }

// Whether columns are what they were.
bool same_columns(const node &columns, const node &before, const node &after) {
  for (const auto &name : columns.texts()) {
    node was = before["columns"][name], is = after["columns"][name];
    for (const auto *key : {"description", "breaks", "position"}) {
      was.members.erase(key);
      is.members.erase(key);
    }
    if (was != is) return false;
  }
  return true;
}

// What an enum or NOT NULL would say has no name that is kept.
bool is_list(const node &rule) { return rule["only_values"].flag_or(false); }

// A told rule has no text: it is the same one where its columns are what they were.
bool same_rule(const node &old, const node &next, const node &before, const node &after) {
  return old == next && ((is_opaque(old) && old.has("text")) || same_columns(old["columns"], before, after));
}
}  // namespace

void diff_rules(contract_pair &both, const std::string &entity, const node &before, const node &after) {
  const node was = rules_of(before), is = rules_of(after);
  const auto pairs = pair_constraints(was, is, [&](const std::string &old, const std::string &next) {
    return same_rule(was[old], is[next], before, after);
  });
  // Bounds that stand as they stood are somebody else's now: a domain's, or another check's.
  const auto moved = [&](const node &rule) {
    return !is_opaque(rule) && !is_list(rule) && same_columns(rule["columns"], before, after);
  };
  const auto gone = [&](const std::string &name) {
    if (is_opaque(was[name]) && !any_missing(was[name]["columns"], after["columns"]))
      both.tell(entity + "." + name, "constraint_removed", false, false, "no type told it");
    else if (moved(was[name]))
      both.tell(entity + "." + name, "constraint_removed", false, false, "what it says holds as before");
  };
  const auto come = [&](const std::string &name) {
    if (moved(is[name]))
      both.tell(entity + "." + name, "constraint_added", false, false, "what it says held before");
    else if (is_opaque(is[name]) && !all_missing(is[name]["columns"], before["columns"]))
      both.tell(entity + "." + name, "constraint_added", false, true,
                "rows that were taken are refused with " + is[name]["code"].text);
  };
  for (const auto &name : pairs.kept) {
    node old = was[name], next = is[name];
    // NOT VALID or not, it is the same to who writes; what it says of stored rows the columns tell.
    old.members.erase("not_valid");
    next.members.erase("not_valid");
    if (old == next) continue;
    gone(name);
    come(name);
  }
  for (const auto &[old, next] : pairs.renamed) {
    if (is_list(was[old])) continue;
    both.tell(std::string(entity).append(".").append(old), "constraint_renamed", false, true,
              "errors name " + next + " now");
  }
  for (const auto &name : pairs.gone) gone(name);
  for (const auto &name : pairs.come) come(name);
}

}  // namespace primecloud::contract
