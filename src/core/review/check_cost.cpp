// What a policy makes the server ask for each row.
#include "core/review/checks.hpp"

namespace primecloud::review {
namespace {

struct uses {
  int bare = 0, inside = 0;

  void count(const node *n, bool within) {
    if (n->is == kind::own && n->has(tenant)) {
      ++(within ? inside : bare);
      return;
    }
    if (n->has(keyed) && n->is != kind::own) {
      bare++;
      return;
    }
    const bool expression =
        n->is == kind::call || n->is == kind::choice || n->is == kind::first || n->is == kind::null_if;
    for (const node *below : *n) count(below, (within || expression) && !is_subquery(n));
  }
};

// Asked for each row: a subquery over a relation, but not an uncorrelated scalar one.
const node *asked_per_row(const node *n) {
  if (is_subquery(n) && n->has(reads) && (n->is != kind::scalar || has_own(n))) return n;
  if (n->is == kind::scalar) return nullptr;
  for (const node *below : *n)
    if (const node *found = asked_per_row(below)) return found;
  return nullptr;
}

// (One that is given a column is asked for each row wherever it stands: rather the one below it that is not.)
const node *call_of(const node *n) {
  if (is_subquery(n)) return nullptr;
  const bool asked = n->is == kind::context || n->is == kind::call;
  const node *call = asked && n->has(stable) && !n->has(wrapped) && !n->has(product) ? n : nullptr;
  if (call != nullptr && !has_own(call)) return call;
  for (const node *below : *n)
    if (const node *found = call_of(below); found != nullptr && (call == nullptr || !has_own(found))) call = found;
  return call;
}

const node *unparallel_in(const node *n) {
  const node *found = nullptr;
  contains(n, [&](const node *at) { return at->has(unparallel) ? (found = at, true) : false; });
  return found;
}

bool is_condition(const node *n) {
  if (n->is != kind::compare && n->is != kind::any) return false;
  const node *column = n->args[0];
  return column->is == kind::own && (column->has(tenant) || column->has(keyed)) && !has_own(n->args[1]);
}

const node *called_per_row(const node *n) {
  if (n->is != kind::both && n->is != kind::either) return is_condition(n) ? nullptr : call_of(n);
  for (const node *part : *n)
    if (const node *found = called_per_row(part)) return found;
  return nullptr;
}

// What is to be done of a call.
std::string lifted(const node *call) {
  if (call->has(unparallel) && call->text.find('(') != call->text.npos)
    return "-- choose: ALTER FUNCTION " + std::string(call->text) + " PARALLEL SAFE, if it is";
  if (has_own(call))
    return "-- choose: it is given a column, so another predicate: one that is asked once, and compared";
  return "-- choose: (SELECT " + shown(call, 100) + "), which is asked once";
}

}  // namespace

void check_cost(const judged &p, findings &found) {
  if (p.row == nullptr) return;
  // (As it is said: what only a review folds, no planner makes a condition of.)
  uses of_tenant;
  of_tenant.count(is_constant(p.row) ? p.row : p.it.row, false);
  if (of_tenant.inside > 0 && of_tenant.bare == 0 && !p.row_held) {
    add(found, p, "tenant_predicate_opaque", "warning",
        "no index serves " + shown(p.row) + ": " + std::string(p.of.tenant) + " stands inside an expression only",
        alter(p, true, true), {shown(p.row)});
  }
  if (const node *query = asked_per_row(p.row)) {
    add(found, p, "policy_subquery_per_row", "warning",
        "asked for each row, 100 to 300 times the work: " + shown(query), alter(p, true, true), {shown(query)});
  }
  const node *call = called_per_row(p.row);
  if (call == nullptr) call = unparallel_in(p.row);
  if (call == nullptr) return;
  add(found, p, "policy_call_per_row", "notice",
      (call->has(unparallel) ? "keeps the query from running in parallel: " : "called for each row: ") + shown(call),
      lifted(call), {shown(call)});
}

}  // namespace primecloud::review
