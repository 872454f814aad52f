// primecloud_internal.review_definers_judged(): functions that read tenants' tables as somebody whom no policy holds.
#include "pg/function.hpp"
#include "pg/role_name.hpp"
#include "review/body.hpp"
#include "review/definer_facts.hpp"
#include "review/finding_rows.hpp"
#include "review/patient.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

struct definer {
  const char *label, *owner;
  List *read;  // of past_reading
  bool open;   // PUBLIC may execute it
  bool procedure;
};

SERVER_CODE bool look_at_definer(const definer_search &of, Oid function, definer &d) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return false;
  const Oid owner = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple))->proowner;
  d.procedure = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple))->prokind == PROKIND_PROCEDURE;
  ReleaseSysCache(tuple);
  if (facts_of_body(function).context.any) return false;
  d.read = read_by_definer(of, function, owner);
  if (d.read == NIL) return false;
  d.label = format_procedure(function);
  d.owner = pg::role_name(owner);
  d.open = pg::may_execute(InvalidOid, function);
  return true;
}

// What is read past policies, the nearest first: tables that the body names, else one that it comes to by way of
// others.
struct past {
  std::string tables;
  const reading *far = nullptr;
  bool more = false, far_more = false;  // policies hold the reader, and show him more
};

past past_of(const definer &d) {
  nursery made(heed_interrupts);
  past found;
  for (int i = 0; i < list_length(d.read); i++) {
    const auto &one = *static_cast<const past_reading *>(list_nth(d.read, i));
    const bool more = !one.past && is_shown_more(made, one.at);
    if ((!one.past && !more) || is_tied(made, one.at)) continue;
    if (*one.at.chain != '\0') {
      if (found.far == nullptr) found.far = &one.at, found.far_more = more;
      continue;
    }
    found.tables += (found.tables.empty() ? "" : ", ") + std::string(one.at.label);
    found.more = found.more || more;
  }
  return found;
}

std::string said(const definer &d, const past &p) {
  if (p.tables.empty()) {
    const char *reader = pg::guarded([&] { return pg::role_name(p.far->reader); });
    return std::string("runs as ") + d.owner + ", and by " + p.far->chain + " reads " + p.far->label + " as " + reader +
           (p.far->stored ? ""
            : p.far_more  ? ", whom policies of his own show more"
                          : ", whom no policy holds there") +
           ", and asks no context";
  }
  return std::string("runs as ") + d.owner +
         (p.more ? ", whom policies of his own show more of " : ", whom no policy holds on ") + p.tables +
         ", and asks no context";
}

finding_rows judged_definers(pg::array_view<Oid> functions, Oid home, pg::array_view<Oid> tenants,
                             pg::array_view<int16> columns, pg::array_view<Oid> who_asks) {
  const function_book book = pg::guarded([&] { return open_function_book(InvalidOid); });
  const tenant_tables looked_for{tenants, columns};
  const askers who{who_asks.each, static_cast<std::size_t>(who_asks.count)};
  const definer_search of{book, looked_for, who, home};
  findings found;
  for (const Oid function : functions) {
    definer d{};
    const bool reads = pg::guarded([&] {
      CHECK_FOR_INTERRUPTS();
      return look_at_definer(of, function, d);
    });
    if (!reads) continue;
    const past p = past_of(d);
    if (p.tables.empty() && p.far == nullptr) continue;
    found.push_back(
        {"definer_bypasses_policies",
         d.open ? "error" : "warning",
         d.label,
         said(d, p),
         std::string("REVOKE EXECUTE ON ") + (d.procedure ? "PROCEDURE " : "FUNCTION ") + d.label + " FROM {app};",
         {p.tables.empty() ? p.far->label : p.tables}});
  }
  return rows_of(found);
}

PRIMECLOUD_FUNCTION(primecloud_review_definers_judged, judged_definers);

}  // namespace
}  // namespace primecloud::review
