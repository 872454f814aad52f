// The policies of tables as trees that are kept, what two of them say of each other, and the proof of one table.
#include "core/review/encoded.hpp"
#include "core/review/implied.hpp"
#include "core/review/proof.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "review/bodies.hpp"
#include "review/patient.hpp"
#include "review/tree_policies.hpp"

namespace primecloud::review {
namespace {

using oids = pg::array_view<Oid>;

std::optional<std::string> said(const node *n) { return n == nullptr ? std::nullopt : std::optional(shown(n, 2000)); }
std::optional<std::string> tree(const node *n) { return n == nullptr ? std::nullopt : std::optional(encoded(n)); }

using maybe_text = std::optional<std::string>;
// table, policy, USING, its tree, WITH CHECK, its tree
using kept_policies = pg::rows<std::tuple<std::string, std::string, maybe_text, maybe_text, maybe_text, maybe_text>>;

kept_policies policy_trees(oids relations, pg::array_view<int16> tenants) {
  const function_book book = pg::guarded([&] { return open_function_book(InvalidOid); });
  kept_policies rows;
  const askers nobody{nullptr, 0};
  for (int i = 0; i < relations.count && i < tenants.count; i++) {
    table of;
    const bool there = pg::guarded([&] {
      CHECK_FOR_INTERRUPTS();
      parse_bodies(book, relations.each[i]);
      return lay_out(book, nobody, relations.each[i], tenants.each[i], of);
    });
    if (!there) continue;
    for (const policy &p : of)
      rows.emplace_back(std::string(of.object), std::string(p.name), said(p.row), tree(p.row), said(p.check),
                        tree(p.check));
  }
  return rows;
}

// The effective predicate: one of `open` and all of `narrow`.
const node *effective(nursery &made, std::string_view open, std::string_view narrow) {
  const auto opened = decoded(made, open), narrowed = decoded(made, narrow);
  if (!opened || !narrowed) return nullptr;
  auto all = *narrowed;
  all.push_back(made.either(*opened));
  return made.both(all);
}

std::string predicates_compared(std::string_view open_before, std::string_view narrow_before,
                                std::string_view open_after, std::string_view narrow_after) {
  nursery made(heed_interrupts);
  const node *before = effective(made, open_before, narrow_before), *after = effective(made, open_after, narrow_after);
  return name_of(before == nullptr || after == nullptr ? change::undecided : compared(made, before, after));
}

// Whether what one lets through the other does; false where that is not known.
bool predicate_implied(std::string_view narrow, std::string_view wide) {
  nursery made;
  const auto one = decoded(made, narrow), other = decoded(made, wide);
  return one && other && implies(made, normal(made, made.both(*one)), normal(made, made.both(*other))) == answer::yes;
}

proof proof_for(Oid relation, int16 tenant, oids who_asks) {
  const function_book book = pg::guarded([&] { return open_function_book(InvalidOid); });
  table of;
  const askers who{who_asks.each, static_cast<std::size_t>(who_asks.count)};
  const bool there = pg::guarded([&] {
    parse_bodies(book, relation);
    return lay_out(book, who, relation, tenant, of);
  });
  if (!there) return {};
  nursery made(heed_interrupts);
  return proof_of(made, of);
}

using steps = pg::rows<std::tuple<std::string, bool, std::string>>;

steps proof_steps(Oid relation, int16 tenant, oids who_asks) {
  steps rows;
  for (const step &one : proof_for(relation, tenant, who_asks).steps)
    rows.emplace_back(one.command, one.holds, one.says);
  return rows;
}

// command, table (0: what a function that is believed reads), column, whether the tenant comes from there
using used_columns = pg::rows<std::tuple<std::string, Oid, int16, bool>>;

used_columns proof_uses(Oid relation, int16 tenant, oids who_asks) {
  used_columns rows;
  for (const used_column &one : proof_for(relation, tenant, who_asks).uses)
    rows.emplace_back(one.command, one.relation, one.column, one.given);
  return rows;
}

PRIMECLOUD_FUNCTION(primecloud_review_policy_trees, policy_trees);
PRIMECLOUD_FUNCTION(primecloud_review_predicates_compared, predicates_compared);
PRIMECLOUD_FUNCTION(primecloud_review_predicate_implied, predicate_implied);
PRIMECLOUD_FUNCTION(primecloud_review_proof, proof_steps);
PRIMECLOUD_FUNCTION(primecloud_review_proof_uses, proof_uses);

}  // namespace
}  // namespace primecloud::review
