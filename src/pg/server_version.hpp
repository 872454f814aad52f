// What differs between the servers that are supported, 15 to 18: one name for each, so
// that no other file asks which server it is built for.
//
// Part of pg/postgres.hpp; nobody includes it by itself.
#pragma once

extern "C" {
#include "access/genam.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "parser/parse_relation.h"
#include "replication/message.h"
#include "storage/lock.h"
#include "storage/proc.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#endif
}

static_assert(PG_VERSION_NUM >= 150000, "PostgreSQL 15 or later");

#include "pg/server_version_rights.hpp"

namespace primecloud::pg {

// An error of input, which from 16 on the caller may want noted and not raised.  Where
// begin_refusal() says so, the report is filled in and end_refusal() called, which
// returns only if it was noted.
SERVER_CODE inline bool begin_refusal([[maybe_unused]] Node *context, const char *domain) {
#if PG_VERSION_NUM >= 160000
  return errsave_start(context, domain);
#else
  return errstart(ERROR, domain);
#endif
}
SERVER_CODE inline void end_refusal([[maybe_unused]] Node *context, const char *file, int line, const char *function) {
#if PG_VERSION_NUM >= 160000
  errsave_finish(context, file, line, function);
#else
  errfinish(file, line, function);
#endif
}

// Memory for what a setting's check hook leaves: freed by free(), from 16 on by guc_free().
inline void *allocate_for_setting(size_t size) noexcept {
#if PG_VERSION_NUM >= 160000
  return guc_malloc(LOG, size);
#else
  return malloc(size);
#endif
}

// Until 16 a command that recurses to partitions has a name of its own.
inline bool drops_constraint(AlterTableType part) noexcept {
#if PG_VERSION_NUM < 160000
  if (part == AT_DropConstraintRecurse) return true;
#endif
  return part == AT_DropConstraint;
}

// The constraint that a command leaves in its place and no longer enforces, from 18 on; else nullptr.
inline const char *no_longer_enforced([[maybe_unused]] const AlterTableCmd *part) noexcept {
#if PG_VERSION_NUM >= 180000
  if (part->subtype != AT_AlterConstraint) return nullptr;
  const auto *altered = castNode(ATAlterConstraint, part->def);
  return altered->alterEnforceability && !altered->is_enforced ? altered->conname : nullptr;
#else
  return nullptr;
#endif
}

// Makes `query` a SELECT of the table, by the current user.
SERVER_CODE inline void select_from(Query *query, RangeTblEntry *table) {
  query->commandType = CMD_SELECT;
  query->rtable = list_make1(table);
#if PG_VERSION_NUM >= 160000
  addRTEPermissionInfo(&query->rteperminfos, table)->requiredPerms = ACL_SELECT;
#else
  table->requiredPerms = ACL_SELECT;
#endif
}

// The role whose rights an entry of the query is checked with; InvalidOid for the current user.
SERVER_CODE inline Oid checked_as([[maybe_unused]] const Query *query, const RangeTblEntry *entry) {
#if PG_VERSION_NUM >= 160000
  if (entry->perminfoindex == 0) return InvalidOid;
  return getRTEPermissionInfo(query->rteperminfos, const_cast<RangeTblEntry *>(entry))->checkAsUser;
#else
  return entry->checkAsUser;
#endif
}

// Until 16 the callback of a walk (pg/tree_walk.hpp) is declared without its parameters, which in C++ says none.
#if PG_VERSION_NUM >= 160000
using visit_of_tree = bool (*)(Node *, void *);
using change_of_tree = Node *(*)(Node *, void *);
#else
using visit_of_tree = bool (*)();
using change_of_tree = Node *(*)();
#endif

// The transaction at hand, told apart from the others of this backend.
inline LocalTransactionId local_transaction() noexcept {
#if PG_VERSION_NUM >= 170000
  return MyProc->vxid.lxid;
#else
  return MyProc->lxid;
#endif
}

inline bool holds_lock(const LOCKTAG &tag, LOCKMODE mode) {
#if PG_VERSION_NUM >= 170000
  return LockHeldByMe(&tag, mode, false);
#else
  return LockHeldByMe(&tag, mode);
#endif
}

SERVER_CODE inline IndexScanDesc begin_index_scan(Relation table, Relation index, Snapshot seen, int keys) {
#if PG_VERSION_NUM >= 180000
  return index_beginscan(table, index, seen, nullptr, keys, 0);
#else
  return index_beginscan(table, index, seen, keys, 0);
#endif
}

// A message in the WAL, outside the transaction: flushing is the caller's.
SERVER_CODE inline XLogRecPtr log_message(const char *prefix, const char *text) {
#if PG_VERSION_NUM >= 170000
  return LogLogicalMessage(prefix, text, strlen(text), false, false);
#else
  return LogLogicalMessage(prefix, text, strlen(text), false);
#endif
}

}  // namespace primecloud::pg

// begin_refusal() to end_refusal() as the server writes it, from 16 on.
#if PG_VERSION_NUM < 160000
#define errsave(context, ...) ereport(ERROR, __VA_ARGS__)
#endif
