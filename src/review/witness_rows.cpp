// What a row has to hold that a policy lets through though it is bound to no tenant: constants of the predicates.
#include "core/review/witness.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "review/bodies.hpp"
#include "review/patient.hpp"
#include "review/tree_policies.hpp"

namespace primecloud::review {
namespace {

// number, by which disjunct, column (0: none), its value; a setting from which a policy takes who asks has the number 0
using told = pg::rows<std::tuple<int32, std::string, int32, std::optional<std::string>>>;

told witness_rows(Oid relation, int16 tenant, pg::array_view<Oid> who_asks) {
  const function_book book = pg::guarded([&] { return open_function_book(InvalidOid); });
  table of;
  const askers who{who_asks.each, static_cast<std::size_t>(who_asks.count)};
  told rows;
  const bool there = pg::guarded([&] {
    parse_bodies(book, relation);
    return lay_out(book, who, relation, tenant, of);
  });
  if (!there) return rows;
  nursery made(heed_interrupts);
  for (const std::string &name : settings_of(of)) rows.emplace_back(0, name, 0, std::nullopt);
  int32 number = 0;
  for (const witness &one : witnesses_of(made, of)) {
    rows.emplace_back(++number, one.by, 0, std::nullopt);
    for (const given &value : one.values)
      rows.emplace_back(number, one.by, static_cast<int32>(value.column), value.value);
  }
  return rows;
}

PRIMECLOUD_FUNCTION(primecloud_review_witness_rows, witness_rows);

}  // namespace
}  // namespace primecloud::review
