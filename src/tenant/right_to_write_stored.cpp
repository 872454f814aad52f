// What is stored as a rule or as the body of a function is read where no hook sees what is locked for it: its names are
// looked at before.  The same for COPY, which waits for its table and asks then.
#include "pg/startup.hpp"
#include "tenant/right_to_write.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
}

namespace primecloud::tenant {
namespace {

ProcessUtility_hook_type next_hook_right_to_write_stored = nullptr;

// What is not there is the server's to tell.
SERVER_CODE void look_at_target(const RangeVar *name) {
  const Oid relation = RangeVarGetRelid(name, NoLock, true);
  if (OidIsValid(relation)) need_to_write(relation, GetUserId());
}

SERVER_CODE void look_at(const Node *statement);

SERVER_CODE void look_at_each(const List *statements) {
  const ListCell *cell;
  foreach (cell, statements) look_at(static_cast<const Node *>(lfirst(cell)));
}

template <typename Statement>
SERVER_CODE void look_at_with(const Node *statement) {
  const WithClause *with = reinterpret_cast<const Statement *>(statement)->withClause;
  const ListCell *cell;
  if (with == nullptr) return;
  foreach (cell, with->ctes) look_at(lfirst_node(CommonTableExpr, cell)->ctequery);
}

template <typename Statement>
SERVER_CODE void look_at_writing(const Node *statement) {
  look_at_target(reinterpret_cast<const Statement *>(statement)->relation);
  look_at_with<Statement>(statement);
}

void look_at(const Node *statement) {
  if (statement == nullptr) return;
  switch (nodeTag(statement)) {
    case T_List: return look_at_each(reinterpret_cast<const List *>(statement));
    case T_InsertStmt: return look_at_writing<InsertStmt>(statement);
    case T_UpdateStmt: return look_at_writing<UpdateStmt>(statement);
    case T_DeleteStmt: return look_at_writing<DeleteStmt>(statement);
    case T_MergeStmt: return look_at_writing<MergeStmt>(statement);
    case T_SelectStmt: return look_at_with<SelectStmt>(statement);
    default: return;
  }
}

SERVER_CODE void look_at_command(const Node *command) {
  switch (nodeTag(command)) {
    case T_RuleStmt: return look_at_each(reinterpret_cast<const RuleStmt *>(command)->actions);
    case T_CreateFunctionStmt: return look_at(reinterpret_cast<const CreateFunctionStmt *>(command)->sql_body);
    case T_CopyStmt: {
      const auto *copy = reinterpret_cast<const CopyStmt *>(command);
      if (copy->is_from) look_at_target(copy->relation);
      return;
    }
    default: return;
  }
}

SERVER_CODE void watch_right_to_write_stored() {
  next_hook_right_to_write_stored = ProcessUtility_hook;
  ProcessUtility_hook = [](PlannedStmt *statement, auto... rest) {
    if (!superuser()) look_at_command(statement->utilityStmt);
    (next_hook_right_to_write_stored != nullptr ? next_hook_right_to_write_stored : standard_ProcessUtility)(statement,
                                                                                                             rest...);
  };
}
const pg::startup watching_right_to_write_stored{watch_right_to_write_stored};

}  // namespace
}  // namespace primecloud::tenant
