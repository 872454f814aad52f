#include "review/change_kind.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "nodes/value.h"
}

namespace primecloud::review {
namespace {

constexpr verdict run = {"run", ""};
constexpr const char *outside = "it runs outside of transactions";

SERVER_CODE bool says_concurrently(const List *options) {
  const ListCell *cell;
  foreach (cell, options) {
    if (strcmp(lfirst_node(DefElem, cell)->defname, "concurrently") == 0) return true;
  }
  return false;
}

SERVER_CODE bool detaches_concurrently(const AlterTableStmt *statement) {
  const ListCell *cell;
  foreach (cell, statement->cmds) {
    const auto *command = lfirst_node(AlterTableCmd, cell);
    if (command->subtype == AT_DetachPartition && reinterpret_cast<const PartitionCmd *>(command->def)->concurrent)
      return true;
  }
  return false;
}

using visit = bool (*)(Node *, void *);

SERVER_CODE pg::visit_of_tree as_visit(visit function) {
  return reinterpret_cast<pg::visit_of_tree>(reinterpret_cast<void *>(function));
}

SERVER_CODE bool writes_for_good(Node *node, void *) {
  if (node == nullptr) return false;
  if (IsA(node, FuncCall)) {
    const auto *name = reinterpret_cast<const FuncCall *>(node)->funcname;
    if (is_lasting(strVal(llast(name)))) return true;
  }
  return raw_expression_tree_walker(node, as_visit(writes_for_good), nullptr);
}

SERVER_CODE verdict judge_transaction(const TransactionStmt *statement) {
  switch (statement->kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START:
    case TRANS_STMT_COMMIT: return {"skip", "the whole script is tried as one"};
    default: return {"refuse", "parts of a script are not rolled back here: the whole is"};
  }
}

SERVER_CODE verdict judge_reindex(const ReindexStmt *statement) {
  const bool one = statement->kind == REINDEX_OBJECT_INDEX || statement->kind == REINDEX_OBJECT_TABLE;
  return one ? run : verdict{"alone", outside};
}

}  // namespace

bool is_concurrent(const Node *statement) {
  switch (nodeTag(statement)) {
    case T_IndexStmt: return reinterpret_cast<const IndexStmt *>(statement)->concurrent;
    case T_DropStmt: return reinterpret_cast<const DropStmt *>(statement)->concurrent;
    case T_ReindexStmt: return says_concurrently(reinterpret_cast<const ReindexStmt *>(statement)->params);
    case T_AlterTableStmt: return detaches_concurrently(reinterpret_cast<const AlterTableStmt *>(statement));
    default: return false;
  }
}

verdict judge(Node *statement) {
  switch (nodeTag(statement)) {
    case T_TransactionStmt: return judge_transaction(reinterpret_cast<const TransactionStmt *>(statement));
    case T_AlterSystemStmt:
    case T_LoadStmt:
    case T_NotifyStmt:
    case T_PrepareStmt:
    case T_DeallocateStmt:
    case T_FetchStmt:
    case T_ClosePortalStmt:
    case T_CreateSubscriptionStmt:
    case T_AlterSubscriptionStmt:
    case T_DropSubscriptionStmt: return {"refuse", stays};
    case T_CopyStmt: {
      const auto *copy = reinterpret_cast<const CopyStmt *>(statement);
      if (copy->filename != nullptr && !copy->is_from) return {"refuse", stays};
      return {"refuse", copy->filename != nullptr ? "it reads what is outside of the database" : "it has no rows here"};
    }
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt: return writes_for_good(statement, nullptr) ? verdict{"refuse", stays} : run;
    case T_ExplainStmt: {
      const verdict explained = judge(reinterpret_cast<const ExplainStmt *>(statement)->query);
      return strcmp(explained.action, "refuse") == 0 ? explained : run;
    }
    case T_VacuumStmt:
      return reinterpret_cast<const VacuumStmt *>(statement)->is_vacuumcmd ? verdict{"alone", outside} : run;
    case T_ClusterStmt:
      return reinterpret_cast<const ClusterStmt *>(statement)->relation == nullptr ? verdict{"alone", outside} : run;
    case T_ReindexStmt: return judge_reindex(reinterpret_cast<const ReindexStmt *>(statement));
    case T_CreatedbStmt:
    case T_DropdbStmt:
    case T_AlterDatabaseStmt:
    case T_CreateTableSpaceStmt:
    case T_DropTableSpaceStmt:
    case T_CheckPointStmt:
    case T_DiscardStmt: return {"alone", outside};
    default: return run;
  }
}

}  // namespace primecloud::review
