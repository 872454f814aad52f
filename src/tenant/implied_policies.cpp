#include "tenant/implied_policies.hpp"

#include "tenant/known_keys.hpp"
#include "tenant/said_conditions.hpp"

namespace primecloud::tenant {
namespace {

// What one before it in a list says as well, by what it has for a condition.  (What stands first is asked first: a
// view's own conditions, which may show their rows to anybody, stand behind the policies of its table, and are not to
// take their place by saying the same.)
template <class F>
SERVER_CODE List *without_implied(List *each, F condition) {
  for (int i = list_length(each) - 1; i > 0; i--) {
    for (int j = 0; j < i; j++) {
      if (!condition(list_nth(each, j), list_nth(each, i))) continue;
      each = list_delete_nth_cell(each, i);
      break;
    }
  }
  return each;
}

SERVER_CODE bool condition_says(void *stronger, void *weaker) {
  return each_is_said(static_cast<Node *>(weaker), static_cast<Node *>(stronger));
}

// (A policy that is named in its error is a restrictive one: it stays.)
SERVER_CODE bool check_says(void *stronger, void *weaker) {
  const auto *one = static_cast<WithCheckOption *>(stronger);
  const auto *other = static_cast<WithCheckOption *>(weaker);
  if (one->kind != other->kind || one->kind == WCO_VIEW_CHECK || one->polname != nullptr || other->polname != nullptr)
    return false;
  return each_is_said(other->qual, one->qual);
}

struct simplified {
  bool for_now, bound;
};

SERVER_CODE void simplify(Query *query, simplified *how);

SERVER_CODE bool simplify_below(Node *node, void *how) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return pg::walk_below(node, simplify_below, how);
  simplify(reinterpret_cast<Query *>(node), static_cast<simplified *>(how));
  return false;
}

// Each condition of its policies, in place.  (A view's check is none, and may be empty: of a view without a WHERE.)
template <class F>
SERVER_CODE void for_each_condition(Query *query, F change) {
  ListCell *cell;
  foreach (cell, query->withCheckOptions) {
    const auto *check = lfirst_node(WithCheckOption, cell);
    if (check->kind != WCO_VIEW_CHECK) change(check->qual);
  }
  foreach (cell, query->rtable) {
    const ListCell *each;
    foreach (each, lfirst_node(RangeTblEntry, cell)->securityQuals) change(static_cast<Node *>(lfirst(each)));
  }
}

SERVER_CODE bool has_queries_below(const Query *query) {
  if (query->hasSubLinks || query->cteList != NIL) return true;
  const ListCell *cell;
  foreach (cell, query->rtable) {
    if (lfirst_node(RangeTblEntry, cell)->rtekind == RTE_SUBQUERY) return true;
  }
  return false;
}

void simplify(Query *query, simplified *how) {
  if (how->for_now) for_each_condition(query, [&](Node *each) { how->bound |= put_known_key(each); });
  query->withCheckOptions = without_implied(query->withCheckOptions, check_says);
  ListCell *cell;
  foreach (cell, query->rtable) {
    auto *entry = lfirst_node(RangeTblEntry, cell);
    entry->securityQuals = without_implied(entry->securityQuals, condition_says);
  }
  for_each_condition(query, spell_out);
  if (how->bound) leave_out_said_again(query);
  if (has_queries_below(query)) pg::walk_query(query, simplify_below, how);
}

}  // namespace

bool simplify_policies(Query *query, bool for_now) {
  simplified how{for_now, false};
  if (query->hasRowSecurity) simplify(query, &how);
  return how.bound;
}

}  // namespace primecloud::tenant
