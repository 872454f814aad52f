// The server locks what a statement is going to write, or lock rows of, when it reads the statement, and looks at
// rights when it runs it.  One that is prepared and never run would hold that lock for a transaction, so rights are
// looked at here too: what is refused goes with its lock.
#include "tenant/right_to_write.hpp"

#include "pg/startup.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_rewrite.h"
#include "miscadmin.h"
#include "parser/analyze.h"
#include "rewrite/prs2lock.h"
#include "rewrite/rewriteDefine.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {

void need_to_write(Oid relation, Oid role) {
  if (pg_class_aclcheck(relation, role, ACL_INSERT | ACL_UPDATE | ACL_DELETE) == ACLCHECK_OK ||
      pg_attribute_aclcheck_all(relation, role, ACL_INSERT | ACL_UPDATE, ACLMASK_ANY) == ACLCHECK_OK)
    return;
  aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(get_rel_relkind(relation)), get_rel_name(relation));
}

namespace {

post_parse_analyze_hook_type next_hook_right_to_write = nullptr;

// What led here, by views and rules: rules may go round.
struct way {
  Oid relation;
  const way *before;
};

SERVER_CODE void look_at(const Query *query, Oid role, const way *before);

// A view has rules as well: the one that makes it.
SERVER_CODE bool has_rules(Oid relation) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
  if (!HeapTupleIsValid(tuple)) return false;
  const bool found = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relhasrules;
  ReleaseSysCache(tuple);
  return found;
}

bool has_instead_trigger(const TriggerDesc *triggers, CmdType event) {
  return triggers != nullptr && ((event == CMD_INSERT && triggers->trig_insert_instead_row) ||
                                 (event == CMD_UPDATE && triggers->trig_update_instead_row) ||
                                 (event == CMD_DELETE && triggers->trig_delete_instead_row));
}

// The server wants such a trigger for all that a MERGE does, or for none of it.
bool is_left_to_trigger(const TriggerDesc *triggers, const Query *query) {
  if (query->commandType != CMD_MERGE) return has_instead_trigger(triggers, query->commandType);
  const ListCell *cell;
  foreach (cell, query->mergeActionList)
    if (has_instead_trigger(triggers, lfirst_node(MergeAction, cell)->commandType)) return true;
  return false;
}

SERVER_CODE void look_at_target(Oid target, const Query *query, Oid role, const way *before);

// What the rules of a relation do, they do with its owner's rights; and what is written into a view is
// written into its table with the rights of the view's owner, unless it says otherwise.
SERVER_CODE void follow(Relation relation, const Query *query, Oid role, const way *here) {
  const Oid owner = relation->rd_rel->relowner;
  bool instead = is_left_to_trigger(relation->trigdesc, query);
  const RuleLock *rules = relation->rd_rules;
  for (int i = 0; rules != nullptr && i < rules->numLocks; i++) {
    const RewriteRule *rule = rules->rules[i];
    if (rule->event != query->commandType || rule->event == CMD_SELECT || rule->enabled == RULE_DISABLED ||
        rule->enabled == RULE_FIRES_ON_REPLICA)
      continue;
    if (rule->isInstead && rule->qual == nullptr) instead = true;
    const ListCell *cell;
    foreach (cell, rule->actions) look_at(lfirst_node(Query, cell), owner, here);
  }
  if (relation->rd_rel->relkind != RELKIND_VIEW || instead) return;
  const Oid whose = RelationHasSecurityInvoker(relation) ? role : owner;
  const ListCell *cell;
  foreach (cell, get_view_query(relation)->rtable) {
    const auto *entry = lfirst_node(RangeTblEntry, cell);
    if (entry->inFromCl && entry->rtekind == RTE_RELATION) look_at_target(entry->relid, query, whose, here);
  }
}

SERVER_CODE void look_at_target(Oid target, const Query *query, Oid role, const way *before) {
  need_to_write(target, role);
  if (!has_rules(target)) return;
  for (const way *step = before; step != nullptr; step = step->before)
    if (step->relation == target) return;
  const way here{target, before};
  Relation relation = relation_open(target, AccessShareLock);
  follow(relation, query, role, &here);
  relation_close(relation, AccessShareLock);
}

SERVER_CODE void look_at(const Query *query, Oid role, const way *before) {
  check_stack_depth();
  const ListCell *cell;
  foreach (cell, query->rtable) {
    const auto *entry = lfirst_node(RangeTblEntry, cell);
    if (entry->rtekind == RTE_SUBQUERY)
      look_at(entry->subquery, role, before);
    else if (entry->rtekind == RTE_RELATION && entry->rellockmode > AccessShareLock)
      look_at_target(entry->relid, query, role, before);
  }
  foreach (cell, query->cteList) look_at(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), role, before);
}

// What is explained, declared as a cursor or made a table of is read with the statement that does it.
const Node *contained(const Node *statement) {
  switch (nodeTag(statement)) {
    case T_ExplainStmt: return reinterpret_cast<const ExplainStmt *>(statement)->query;
    case T_DeclareCursorStmt: return reinterpret_cast<const DeclareCursorStmt *>(statement)->query;
    case T_CreateTableAsStmt: return reinterpret_cast<const CreateTableAsStmt *>(statement)->query;
    default: return nullptr;
  }
}

SERVER_CODE void watch_right_to_write() {
  next_hook_right_to_write = post_parse_analyze_hook;
  post_parse_analyze_hook = [](ParseState *state, Query *query, auto... rest) {
    if (next_hook_right_to_write != nullptr) next_hook_right_to_write(state, query, rest...);
    const Node *read = reinterpret_cast<const Node *>(query);
    while (read != nullptr && IsA(read, Query) && reinterpret_cast<const Query *>(read)->commandType == CMD_UTILITY)
      read = contained(reinterpret_cast<const Query *>(read)->utilityStmt);
    if (read != nullptr && IsA(read, Query) && !superuser())
      look_at(reinterpret_cast<const Query *>(read), GetUserId(), nullptr);
  };
}
const pg::startup watching_right_to_write{watch_right_to_write};

}  // namespace
}  // namespace primecloud::tenant
