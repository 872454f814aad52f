// Policies that ask tables whose policies ask: the rewriter follows them for as long as row
// security holds the role, and refuses to come back to where it is already.  What a function reads it reads
// by itself, when it is called: such a way back ends where the stack does.
#include "review/body_calls.hpp"
#include "review/tree_relation.hpp"
#include "review/view_tree.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
}

namespace primecloud::review {
namespace {

// Who asks: of what stands in a view its owner, of what a function in it does whoever asked the view.
struct asking {
  Oid role, caller;
  bool called;  // a function is on the way
};

// What was looked at, and as whom.
struct visits {
  List *each = NIL, *as = NIL;
  SERVER_CODE bool has(Oid one, Oid role) {
    for (int i = 0; i < list_length(each); i++)
      if (list_nth_oid(each, i) == one && list_nth_oid(as, i) == role) return true;
    each = lappend_oid(each, one);
    as = lappend_oid(as, role);
    return false;
  }
};

struct search {
  const function_book &book;
  Oid target;
  const stored_policy &from;
  visits relations = {}, functions = {}, behind_calls = {};
  const char *way = nullptr;
  bool by_call = false;

  SERVER_CODE bool was_at(Oid relation, const asking &who) {
    return (who.called ? behind_calls : relations).has(relation, who.role);
  }
};

SERVER_CODE bool goes_back(search &s, const asking &who, Oid relation);

SERVER_CODE bool any_goes_back(search &s, const asking &who, const List *relations, const char *label) {
  ListCell *cell;
  foreach (cell, relations) {
    if (!goes_back(s, who, lfirst_oid(cell))) continue;
    s.way = psprintf("%s -> %s", label, s.way);
    return true;
  }
  return false;
}

SERVER_CODE bool below_goes_back(search &s, const asking &who, const asked &below, const char *label);

SERVER_CODE bool calls_go_back(search &s, const asking &who, const List *functions, const char *label) {
  ListCell *cell;
  foreach (cell, functions) {
    const Oid function = lfirst_oid(cell);
    runner as;
    if (!read_runner(function, as) || s.functions.has(function, as.for_role(who.caller))) continue;
    const Oid role = as.for_role(who.caller);
    if (!below_goes_back(s, {role, role, true}, asked_by(s.book, function), format_procedure(function))) continue;
    s.way = psprintf("%s -> %s", label, s.way);
    return true;
  }
  return false;
}

SERVER_CODE bool below_goes_back(search &s, const asking &who, const asked &below, const char *label) {
  check_stack_depth();
  return any_goes_back(s, who, below.relations, label) || calls_go_back(s, who, below.functions, label);
}

// Where the policy began: by way of a function it is asked again if it is one of those that are asked of what is read.
SERVER_CODE bool is_back(const search &s, const asking &who, const asked &below) {
  if (!who.called) return below.relations != NIL;
  return (s.from.command == 'r' || s.from.command == '*') && is_for_role(s.from, who.role);
}

SERVER_CODE bool goes_back(search &s, const asking &who, Oid relation) {
  check_stack_depth();
  relation_facts facts;
  asked below;
  if (!read_relation(relation, facts)) return false;
  if (facts.kind == RELKIND_VIEW) {
    if (s.was_at(relation, who)) return false;
    if (Query *query = view_query(relation)) add_asked(reinterpret_cast<Node *>(query), below);
    below.relations = list_delete_oid(below.relations, relation);
    return below_goes_back(s, {facts.invoker ? who.role : facts.owner, who.caller, who.called}, below, facts.label);
  }
  if (!is_held(who.role, facts)) return false;
  ListCell *cell;
  foreach (cell, policies_of(relation)) {
    const auto &policy = *static_cast<const stored_policy *>(lfirst(cell));
    if ((policy.command == 'r' || policy.command == '*') && is_for_role(policy, who.role)) add_asked(policy.row, below);
  }
  if (relation == s.target && is_back(s, who, below)) {
    s.way = facts.label;
    s.by_call = who.called;
    return true;
  }
  if ((below.relations == NIL && below.functions == NIL) || s.was_at(relation, who)) return false;
  return below_goes_back(s, who, below, facts.label);
}

}  // namespace

SERVER_CODE List *tables_below(Oid relation) {
  asked found{list_make1_oid(relation), NIL};
  List *tables = NIL;
  for (int i = 0; i < list_length(found.relations); i++) {
    const Oid one = list_nth_oid(found.relations, i);
    Query *query = get_rel_relkind(one) == RELKIND_VIEW ? view_query(one) : nullptr;
    if (query == nullptr) tables = lappend_oid(tables, one);
    // (A view has itself among its entries.)
    if (query != nullptr) add_asked(reinterpret_cast<Node *>(query), found);
  }
  return tables;
}

SERVER_CODE way way_back(const function_book &book, Oid role, const asked &below, Oid target, const stored_policy &from,
                         const char *label) {
  search s{book, target, from};
  const bool found = below_goes_back(s, {role, role, false}, below, label);
  return {found ? s.way : nullptr, s.by_call};
}

}  // namespace primecloud::review
