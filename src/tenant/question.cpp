#include "tenant/question.hpp"

#include "pg/role_name.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

// No user has an empty name (sending.cpp).
bool is_question() noexcept {
  const context_record *here = current();
  return here != nullptr && here->has_tenant && here->user().empty();
}

// By the role that the text was for, which is the one that logged in: not by whom a function is run as, since those
// that are run as somebody else go by the context too.
SERVER_CODE bool is_open(Oid table) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple)) return true;
  const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
  const bool open = !form->relrowsecurity || form->relowner == GetSessionUserId();
  ReleaseSysCache(tuple);
  return open;
}

SERVER_CODE void check_entry(const RangeTblEntry *entry) {
  if (entry->rtekind != RTE_RELATION || is_open(entry->relid)) return;
  ereport(
      ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
      errmsg(
          "table %s is under policies, and does not belong to role \"%s\", for whom this node was asked",
          quote_qualified_identifier(get_namespace_name(get_rel_namespace(entry->relid)), get_rel_name(entry->relid)),
          pg::role_name(GetSessionUserId())),
      errhint("Retention and entering read tables of one owner: give both tables the same, or take off the code that "
              "reads this one."));
}

}  // namespace

void check_question(const PlannedStmt *plan) {
  if (!is_question()) return;
  const ListCell *cell;
  foreach (cell, plan->rtable) check_entry(lfirst_node(RangeTblEntry, cell));
}

}  // namespace primecloud::tenant
