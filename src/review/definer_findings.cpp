// primecloud_internal.review_definers_judged(): functions that read tenants' tables as somebody whom no policy holds.
#include "pg/c_string.hpp"
#include "pg/function.hpp"
#include "pg/role_name.hpp"
#include "review/body.hpp"
#include "review/finding_rows.hpp"
#include "review/view_facts.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

struct definer {
  const char *label, *owner, *tables;
  bool open;  // PUBLIC may execute it
  bool procedure;
};

SERVER_CODE bool look_at_definer(const tenant_tables &tenants, Oid home, Oid function, definer &d) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return false;
  const Oid owner = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple))->proowner;
  d.procedure = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple))->prokind == PROKIND_PROCEDURE;
  ReleaseSysCache(tuple);
  if (facts_of_body(function).context.any) return false;
  d.tables = nullptr;
  ListCell *cell;
  foreach (cell, relations_named(function, home)) {
    const Oid relation = lfirst_oid(cell);
    relation_facts facts;
    if (tenants.column_of(relation) == 0 || !read_relation(relation, facts)) continue;
    if (is_held(owner, facts) || privileges_of(owner, relation) == 0) continue;
    d.tables = d.tables == nullptr ? facts.label : psprintf("%s, %s", d.tables, facts.label);
  }
  if (d.tables == nullptr) return false;
  d.label = format_procedure(function);
  d.owner = pg::role_name(owner);
  d.open = pg::may_execute(InvalidOid, function);
  return true;
}

finding_rows judged_definers(pg::array_view<Oid> functions, Oid home, pg::array_view<Oid> tenants,
                             pg::array_view<int16> columns) {
  const tenant_tables looked_for{tenants, columns};
  findings found;
  for (const Oid function : functions) {
    definer d{};
    const bool names = pg::guarded([&] {
      CHECK_FOR_INTERRUPTS();
      return look_at_definer(looked_for, home, function, d);
    });
    if (!names) continue;
    found.push_back(
        {"definer_bypasses_policies",
         d.open ? "error" : "warning",
         d.label,
         std::string("runs as ") + d.owner + ", whom no policy holds on " + d.tables + ", and asks no context",
         std::string("REVOKE EXECUTE ON ") + (d.procedure ? "PROCEDURE " : "FUNCTION ") + d.label + " FROM {app};",
         {d.tables}});
  }
  return rows_of(found);
}

PRIMECLOUD_FUNCTION(primecloud_review_definers_judged, judged_definers);

}  // namespace
}  // namespace primecloud::review
