// A statement of a plan as the owner of a table: for filling a column, which fires whatever
// triggers its owner has there and plans over his indexes.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owner_statement.hpp"
#include "tenant/owner.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;

SERVER_CODE Oid owner_of_table(Oid table) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple))
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", table),
            errhint("It was dropped meanwhile."));
  const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
  ReleaseSysCache(tuple);
  return owner;
}

// Of a table whose owner's rights are the current user's.
SERVER_CODE Oid owner_for_caller(Oid table) {
  const Oid owner = owner_of_table(table);
  if (!has_privs_of_role(GetUserId(), owner)) aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(table));
  return owner;
}

SERVER_CODE pg::nothing run_as_owner(pg::relation table, std::string_view statement) noexcept {
  const Oid owner = owner_for_caller(table.oid);
  tenant::check_no_context("what is run as the owner of a table");
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  pg::run_as_owner(owner, pg::c_string(statement), 0, nullptr, nullptr, true);
  SPI_finish();
  return {};
}

// One statement on rows: others do not tell how many they were, and some would end the transaction.
SERVER_CODE void check_statement(const char *text) {
  const List *statements = pg_parse_query(text);
  if (list_length(statements) == 1) {
    const Node *only = linitial_node(RawStmt, statements)->stmt;
    if (IsA(only, InsertStmt) || IsA(only, UpdateStmt) || IsA(only, DeleteStmt) || IsA(only, MergeStmt) ||
        IsA(only, SelectStmt))
      return;
  }
  ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
          errmsg("primecloud.backfill() runs one INSERT, UPDATE, DELETE, MERGE or SELECT"),
          errhint("For anything else there is primecloud.migrating()."));
}

// For owners, from their own migrations: over all accounts, without a lock on the table.
SERVER_CODE int64 backfill(pg::relation table, std::string_view statement) noexcept {
  tenant::check_no_context("primecloud.backfill()");
  const Oid owner = tenant::check_acts_as_owner(table.oid).owner;
  const char *text = pg::c_string(statement);
  check_statement(text);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  pg::run_as_owner(owner, text, 0, nullptr, nullptr, true, nullptr, nullptr, pg::lock_wait::as_caller);
  const auto rows = static_cast<int64>(SPI_processed);
  SPI_finish();
  return rows;
}

// Whose code a command on the table would run besides its owner's: since a script was printed, a child may have
// come from another hand.
SERVER_CODE void check_one_hand(Oid table) {
  Oid types[] = {REGCLASSOID};
  Datum values[] = {ObjectIdGetDatum(table)};
  const int code =
      SPI_execute_with_args("SELECT primecloud_internal.check_one_hand($1)", 1, types, values, nullptr, false, 0);
  if (code < 0) elog(ERROR, "could not execute: %s", SPI_result_code_string(code));
}

// A command on the table, as its owner.  A check of rows that it makes for itself (a foreign key's) is a query that is
// made while the command runs, and forced policies would hide rows from it.  Whatever the table's code sets is undone:
// by a search_path of its choice it would give the operators of whoever asked another meaning.
SERVER_CODE pg::nothing check_as_owner(pg::relation table, std::string_view statement) noexcept {
  owner_for_caller(table.oid);  // whoever has no right to it waits for nobody
  // The owner, and what inherits, are what they were until the end.
  LockRelationOid(table.oid, ShareUpdateExclusiveLock);
  const Oid owner = owner_for_caller(table.oid);
  tenant::check_no_context("what is run as the owner of a table");
  const pg::identity before = pg::current_identity();
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  check_one_hand(table.oid);
  const int settings = NewGUCNestLevel();
  pg::detail::set_for_now("search_path", "pg_catalog, pg_temp");
  pg::become(owner, SECURITY_RESTRICTED_OPERATION);
  const int code = pg::execute_key_check(pg::c_string(statement));
  if (code < 0) elog(ERROR, "could not execute: %s", SPI_result_code_string(code));
  pg::resume(before);
  AtEOXact_GUC(false, settings);
  SPI_finish();
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_run_as_owner, run_as_owner);
PRIMECLOUD_FUNCTION(primecloud_backfill, backfill);
PRIMECLOUD_FUNCTION(primecloud_check_as_owner, check_as_owner);
