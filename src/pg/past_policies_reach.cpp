// Whose tables a statement reaches past their policies: each table is asked for the user it is checked as, who is
// the owner of the view or the rule that it came by.
#include "pg/past_policies.hpp"
#include "pg/role_name.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::pg {
namespace {

SERVER_CODE bool is_forced(Oid table) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
  const bool forced = form->relrowsecurity && form->relforcerowsecurity;
  ReleaseSysCache(tuple);
  return forced;
}

SERVER_CODE void check_entry(const Query *query, const RangeTblEntry *entry, Oid owner) {
  if (entry->rtekind != RTE_RELATION) return;
  const Oid reader = checked_as(query, entry);
  if (!OidIsValid(reader) || reader == owner || !is_forced(entry->relid)) return;
  if (has_bypassrls_privilege(reader) || !owns_relation(reader, entry->relid)) return;  // as it would be anywhere
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
          errmsg("table %s is reached with the rights of role \"%s\", by a view or a rule, past its row-level security",
                 quote_qualified_identifier(get_namespace_name(get_rel_namespace(entry->relid)),
                                            get_rel_name(entry->relid)),
                 role_name(reader)),
          errhint("Only tables of role \"%s\" are open to this statement.  Read those of others in a transaction that "
                  "has entered an account.",
                  role_name(owner)));
}

SERVER_CODE bool visit(Node *node, void *owner) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return walk_below(node, visit, owner);
  check_reach(castNode(Query, node), *static_cast<Oid *>(owner));
  return false;
}

}  // namespace

void check_reach(const Query *rewritten, Oid owner) {
  check_stack_depth();
  const ListCell *cell;
  foreach (cell, rewritten->rtable) check_entry(rewritten, lfirst_node(RangeTblEntry, cell), owner);
  walk_query(const_cast<Query *>(rewritten), visit, &owner);
}

}  // namespace primecloud::pg
