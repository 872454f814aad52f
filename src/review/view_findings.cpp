// primecloud_internal.review_views_judged(): views, rules and materialized views that show what policies hide.
#include <algorithm>

#include "pg/function.hpp"
#include "pg/role_name.hpp"
#include "review/bodies.hpp"
#include "review/finding_rows.hpp"
#include "review/patient.hpp"
#include "review/view_facts.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/primnodes.h"
}

namespace primecloud::review {
namespace {

using oids = pg::array_view<Oid>;

struct view {
  relation_facts facts;
  List *readings;  // of reading
  const bool *past;
  std::uint8_t privileges;
  bool updatable;
};

// (What the server would find out to be updatable, near enough.)
bool is_simple(const Query *query) {
  return query != nullptr && list_length(query->jointree->fromlist) == 1 &&
         IsA(linitial(query->jointree->fromlist), RangeTblRef) && !query->hasAggs && query->groupClause == NIL &&
         query->distinctClause == NIL && query->setOperations == nullptr && query->limitCount == nullptr &&
         query->limitOffset == nullptr && query->cteList == NIL;
}

SERVER_CODE bool look_at_view(const function_book &book, const tenant_tables &tenants, const askers &who, Oid relation,
                              view &v) {
  if (!read_relation(relation, v.facts)) return false;
  v.readings = readings_of(book, tenants, relation, who.roles[0]);
  auto *past = static_cast<bool *>(palloc0(static_cast<std::size_t>(list_length(v.readings)) + 1));
  for (int i = 0; i < list_length(v.readings); i++)
    past[i] = reads_past_policies(book, *static_cast<reading *>(list_nth(v.readings, i)), who);
  v.past = past;
  v.privileges = 0;
  for (std::size_t asker = 0; asker < who.count; asker++) v.privileges |= privileges_of(who.roles[asker], relation);
  v.updatable = v.facts.kind == RELKIND_VIEW && is_simple(view_query(relation));
  return v.readings != NIL;
}

std::string role_name(Oid role) {
  return pg::guarded([&] { return pg::role_name(role); });
}

void bypasses(const view &v, const reading &r, findings &found) {
  const bool by_rule = strstr(r.chain, ", rule ") != nullptr;
  std::string fix =
      by_rule ? "-- choose: DROP RULE; a rule reads and writes as its owner" : std::string(r.lent) + "{grants}";
  if (r.stored) fix = "-- choose: a table in the place of the materialized view, protected";
  found.push_back({"view_bypasses_policies",
                   "error",
                   v.facts.label,
                   std::string(r.chain) +
                       (r.stored    ? " keeps the rows of "
                        : r.written ? " writes "
                                    : " reads ") +
                       r.label + " as " + role_name(r.reader) + ", whom no policy holds there",
                   fix,
                   {r.chain, r.label}});
}

void leaks(const view &v, const reading &r, findings &found) {
  const bool unchecked = v.updatable && (v.privileges & (may_insert | may_update)) != 0 && !v.facts.checked;
  if (r.barriers && !unchecked) return;
  found.push_back({"view_filter_leaks",
                   "warning",
                   v.facts.label,
                   std::string(r.chain) + " hides rows of " + r.label + " by its own WHERE, as " + role_name(r.reader) +
                       ": " +
                       (r.barriers ? "" : "without security_barrier a cheap function of the caller's sees them") +
                       (!r.barriers && unchecked ? "; " : "") +
                       (unchecked ? "without CHECK OPTION rows of another tenant go in through it" : ""),
                   std::string("ALTER VIEW ") + v.facts.label + " SET (security_barrier = true" +
                       (v.updatable ? ", check_option = cascaded" : "") + ");",
                   {r.chain, r.label}});
}

void judge_view(const view &v, findings &found) {
  nursery made(heed_interrupts);
  const reading *open = nullptr, *filtered = nullptr;
  std::vector<std::string> kept;
  for (int i = 0; i < list_length(v.readings); i++) {
    const auto &r = *static_cast<const reading *>(list_nth(v.readings, i));
    if (v.facts.kind == RELKIND_MATVIEW) {
      if (std::find(kept.begin(), kept.end(), r.label) == kept.end()) kept.emplace_back(r.label);
    } else if (r.stored || v.past[i] || is_shown_more(made, r)) {
      const reading *&as = is_tied(made, r) ? filtered : open;
      if (as == nullptr) as = &r;
    }
  }
  if (open != nullptr) bypasses(v, *open, found);
  if (filtered != nullptr && open == nullptr) leaks(v, *filtered, found);
  if (kept.empty()) return;
  std::string tables;
  for (const auto &table : kept) tables += (tables.empty() ? "" : ", ") + table;
  found.push_back({"matview_exposed", "error", v.facts.label,
                   "keeps rows of " + tables + " as " + role_name(v.facts.owner) + " saw them; no policy can hold it",
                   std::string("REVOKE ALL ON ") + v.facts.label + " FROM {app};", kept});
}

finding_rows judged_views(oids relations, oids tenants, pg::array_view<int16> columns, oids who_asks) {
  const function_book book = pg::guarded([&] { return open_function_book(InvalidOid); });
  const tenant_tables looked_for{tenants, columns};
  const askers who{who_asks.each, static_cast<std::size_t>(who_asks.count)};
  findings found;
  for (const Oid relation : relations) {
    view v;
    const bool there = who.count > 0 && pg::guarded([&] {
                         CHECK_FOR_INTERRUPTS();
                         return look_at_view(book, looked_for, who, relation, v);
                       });
    if (there) judge_view(v, found);
  }
  return rows_of(found);
}

PRIMECLOUD_FUNCTION(primecloud_review_views_judged, judged_views);

}  // namespace
}  // namespace primecloud::review
