// A few statements have the server lock a table before it looks whose it is: whoever may do nothing to it then waits
// for the lock, and everybody else behind him.  Here the right is asked for first, of every role.
#include "pg/postgres.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace primecloud::tenant {
namespace {

ProcessUtility_hook_type next_hook_rights_before_locks = nullptr;

// What is not there is the server's to tell.
SERVER_CODE Oid named(const RangeVar *name) {
  return name == nullptr ? InvalidOid : RangeVarGetRelid(name, NoLock, true);
}

SERVER_CODE void refuse(AclResult why, Oid relation) {
  aclcheck_error(why, get_relkind_objtype(get_rel_relkind(relation)), get_rel_name(relation));
}

SERVER_CODE void need_owner(const RangeVar *name) {
  const Oid relation = named(name);
  if (OidIsValid(relation) && !pg::owns_relation(GetUserId(), relation)) refuse(ACLCHECK_NOT_OWNER, relation);
}

SERVER_CODE void need_right(const RangeVar *name, AclMode right) {
  const Oid relation = named(name);
  if (!OidIsValid(relation) || pg_class_aclcheck(relation, GetUserId(), right) == ACLCHECK_OK) return;
  // A foreign key may refer to some columns alone.
  if (right == ACL_REFERENCES && pg_attribute_aclcheck_all(relation, GetUserId(), right, ACLMASK_ANY) == ACLCHECK_OK)
    return;
  refuse(ACLCHECK_NO_PRIV, relation);
}

SERVER_CODE void need_owner_of_each(const List *names) {
  const ListCell *cell;
  foreach (cell, names)
    if (IsA(lfirst(cell), RangeVar)) need_owner(lfirst_node(RangeVar, cell));
}

SERVER_CODE void look_at_key(const Node *made) {
  if (made == nullptr || !IsA(made, Constraint)) return;
  const auto *constraint = reinterpret_cast<const Constraint *>(made);
  if (constraint->contype == CONSTR_FOREIGN) need_right(constraint->pktable, ACL_REFERENCES);
}

// Whoever has a partitioned table may take a partition out of it, whosever that is.
SERVER_CODE void look_at_part(const RangeVar *whole, const RangeVar *part, bool taken_out) {
  const Oid relation = named(part);
  if (!OidIsValid(relation)) return;
  if (taken_out && get_rel_relispartition(relation) && get_partition_parent(relation, true) == named(whole)) return;
  need_owner(part);
}

SERVER_CODE void look_at_change(const AlterTableStmt *statement, const AlterTableCmd *change) {
  switch (change->subtype) {
    case AT_AttachPartition:
    case AT_DetachPartition:
      look_at_part(statement->relation, reinterpret_cast<const PartitionCmd *>(change->def)->name,
                   change->subtype == AT_DetachPartition);
      return;
    case AT_AddInherit: need_owner(reinterpret_cast<const RangeVar *>(change->def)); return;
    case AT_AddConstraint: look_at_key(change->def); return;
    case AT_AddColumn: {
      const ListCell *cell;
      foreach (cell, reinterpret_cast<const ColumnDef *>(change->def)->constraints)
        look_at_key(static_cast<const Node *>(lfirst(cell)));
      return;
    }
    default: return;
  }
}

SERVER_CODE void look_at(const Node *command) {
  switch (nodeTag(command)) {
    case T_RuleStmt: need_owner(reinterpret_cast<const RuleStmt *>(command)->relation); return;
    case T_CreateTrigStmt: need_right(reinterpret_cast<const CreateTrigStmt *>(command)->relation, ACL_TRIGGER); return;
    case T_AlterObjectDependsStmt:
      need_owner(reinterpret_cast<const AlterObjectDependsStmt *>(command)->relation);
      return;
    case T_CreateStatsStmt: need_owner_of_each(reinterpret_cast<const CreateStatsStmt *>(command)->relations); return;
    // (Its foreign keys come as an ALTER TABLE of their own.)
    case T_CreateStmt:
    case T_CreateForeignTableStmt:
      need_owner_of_each(reinterpret_cast<const CreateStmt *>(command)->inhRelations);
      return;
    case T_AlterTableStmt: {
      const auto *statement = reinterpret_cast<const AlterTableStmt *>(command);
      const ListCell *cell;
      foreach (cell, statement->cmds) look_at_change(statement, lfirst_node(AlterTableCmd, cell));
      return;
    }
    default: return;
  }
}

SERVER_CODE void look(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                      ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                      QueryCompletion *completion) {
  if (!superuser()) look_at(statement->utilityStmt);
  (next_hook_rights_before_locks != nullptr ? next_hook_rights_before_locks : standard_ProcessUtility)(
      statement, text, read_only, context, parameters, environment, destination, completion);
}

SERVER_CODE void watch_rights_before_locks() {
  next_hook_rights_before_locks = ProcessUtility_hook;
  ProcessUtility_hook = look;
}
const pg::startup watching_rights_before_locks{watch_rights_before_locks};

}  // namespace
}  // namespace primecloud::tenant
