// primecloud_internal.review_policies_judged(): what the policies of tables are found to be.
#include "pg/function.hpp"
#include "review/bodies.hpp"
#include "review/finding_rows.hpp"
#include "review/own_context.hpp"
#include "review/patient.hpp"
#include "review/tree_policies.hpp"

namespace primecloud::review {
namespace {

using oids = pg::array_view<Oid>;

struct seen_table {
  Oid relation;
  AttrNumber tenant;
  table of;
  List *contexts;
};

finding_rows judged_policies(oids relations, pg::array_view<int16> tenants, oids app, oids others) {
  askers who{};
  function_book book{};
  pg::guarded([&] {
    auto *roles = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<std::size_t>(app.count + others.count + 1)));
    for (const Oid role : app) roles[who.count++] = role;
    for (const Oid role : others) roles[who.count++] = role;
    who.roles = roles;
    book = open_function_book(app.count > 0 ? app.each[0] : InvalidOid);
  });
  std::vector<seen_table> seen;
  List *of_schema = NIL;
  for (int i = 0; i < relations.count && i < tenants.count; i++) {
    seen_table one{relations.each[i], tenants.each[i], {}, NIL};
    const bool there = pg::guarded([&] {
      CHECK_FOR_INTERRUPTS();
      parse_bodies(book, one.relation);
      if (!lay_out(book, who, one.relation, one.tenant, one.of, &one.contexts)) return false;
      of_schema = with_contexts(of_schema, one.contexts);
      return true;
    });
    if (there) seen.push_back(one);
  }
  findings found;
  for (seen_table &one : seen) {
    if (one.tenant > 0) pg::guarded([&] { choose_context(one.contexts, of_schema, one.relation, one.tenant, one.of); });
    nursery made(heed_interrupts);
    judge_table(made, one.of, found);
  }
  return rows_of(found);
}

PRIMECLOUD_FUNCTION(primecloud_review_policies_judged, judged_policies);

}  // namespace
}  // namespace primecloud::review
