#include "review/tree_policies.hpp"

#include "pg/role_name.hpp"
#include "review/own_context.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE const char *appended(const char *list, const char *more) {
  return list == nullptr || *list == '\0' ? more : psprintf("%s, %s", list, more);
}

SERVER_CODE std::uint8_t wanted_by(char command) {
  switch (command) {
    case 'r': return may_read;
    case 'a': return may_insert;
    case 'w': return may_update;
    case 'd': return may_delete;
    default: return may_read | may_insert | may_update | may_delete;
  }
}

// Roles that a policy is for and that it does nothing for.
SERVER_CODE const char *idle_roles(const stored_policy &policy, const askers &who, Oid relation, const table &of) {
  const char *found = "";
  const std::uint8_t wanted = wanted_by(policy.command);
  for (int i = 0; i < policy.role_count; i++) {
    const Oid role = policy.roles[i];
    if (!OidIsValid(role)) continue;
    const char *name = quote_identifier(pg::role_name(role));
    if (passes_policies(role)) {
      found = appended(found, psprintf("no policy holds %s", name));
      continue;
    }
    bool used = (privileges_of(role, relation) & wanted) != 0;
    for (std::size_t asker = 0; asker < who.count && !used; asker++)
      used = OidIsValid(who.roles[asker]) && (of.privileges[asker] & wanted) != 0 &&
             has_privs_of_role(who.roles[asker], role);
    if (!used) found = appended(found, psprintf("%s has no privilege for it", name));
  }
  return found;
}

SERVER_CODE void lay_out_policy(const function_book &book, const subject &of, const askers &who,
                                const relation_facts &facts, const stored_policy &stored, const table &whole,
                                const bool *held, policy &out) {
  tree_walk w;
  w.book = &book;
  w.of = of;
  out.name = quote_identifier(stored.name);
  out.object = psprintf("%s.%s", facts.label, quote_identifier(stored.name));
  out.command = stored.command;
  out.permissive = stored.permissive;
  if (stored.row != nullptr) out.row = walk_tree(w, stored.row);
  if (stored.check != nullptr) out.check = walk_tree(w, stored.check);
  out.entry_count = static_cast<std::size_t>(list_length(w.relations));
  auto *entries = static_cast<Oid *>(palloc(sizeof(Oid) * (out.entry_count + 1)));
  for (int i = 0; i < list_length(w.relations); i++) entries[i] = list_nth_oid(w.relations, i);
  out.entries = entries;
  auto *applies = static_cast<bool *>(palloc0(who.count + 1));
  for (std::size_t asker = 0; asker < who.count; asker++)
    applies[asker] = held[asker] && is_for_role(stored, who.roles[asker]);
  out.applies = applies;
  out.idle_roles = idle_roles(stored, who, of.relation, whole);
  look_at_asked(book, {w.read, w.called}, who, of.relation, stored, facts.label, out);
}

}  // namespace

SERVER_CODE bool lay_out(const function_book &book, const askers &who, Oid relation, AttrNumber tenant, table &out,
                         List **contexts) {
  relation_facts facts;
  if (!read_relation(relation, facts) || !facts.secured) return false;
  out = {};
  out.object = facts.label;
  out.askers = who.count;
  const char *column = tenant > 0 ? get_attname(relation, tenant, true) : nullptr;
  if (column != nullptr) out.tenant = quote_identifier(column);
  out.bound = out.ours = bound_predicate(relation, tenant);
  auto *held = static_cast<bool *>(palloc0(who.count + 1));
  auto *privileges = static_cast<std::uint8_t *>(palloc0(who.count + 1));
  for (std::size_t asker = 0; asker < who.count; asker++) {
    held[asker] = is_held(who.roles[asker], facts);
    privileges[asker] = privileges_of(who.roles[asker], relation);
  }
  out.privileges = privileges;
  List *stored = policies_of(relation);
  auto *policies = static_cast<policy *>(palloc(sizeof(policy) * static_cast<std::size_t>(list_length(stored) + 1)));
  const subject of = subject_of(relation, tenant);
  ListCell *cell;
  foreach (cell, stored) {
    policy laid_out;
    const auto &one = *static_cast<const stored_policy *>(lfirst(cell));
    lay_out_policy(book, of, who, facts, one, out, held, laid_out);
    if (contexts != nullptr) *contexts = contexts_in(book, of, one.check, contexts_in(book, of, one.row, *contexts));
    policies[out.policy_count++] = laid_out;
  }
  out.policies = policies;
  return true;
}

}  // namespace primecloud::review
