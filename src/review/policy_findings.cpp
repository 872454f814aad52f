// primecloud_internal.review_policies_judged(): what the policies of tables are found to be.
#include "pg/function.hpp"
#include "review/bodies.hpp"
#include "review/finding_rows.hpp"
#include "review/tree_policies.hpp"

namespace primecloud::review {
namespace {

using oids = pg::array_view<Oid>;

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
  findings found;
  for (int i = 0; i < relations.count && i < tenants.count; i++) {
    table of;
    const bool there = pg::guarded([&] {
      CHECK_FOR_INTERRUPTS();
      parse_bodies(book, relations.each[i]);
      return lay_out(book, who, relations.each[i], tenants.each[i], of);
    });
    if (!there) continue;
    nursery made;
    judge_table(made, of, found);
  }
  return rows_of(found);
}

PRIMECLOUD_FUNCTION(primecloud_review_policies_judged, judged_policies);

}  // namespace
}  // namespace primecloud::review
