#include "review/bodies.hpp"

#include "pg/attempt.hpp"
#include "review/body.hpp"
#include "review/tree_relation.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "parser/parser.h"
}

namespace primecloud::review {
namespace {

struct gathering {
  const function_book *book;
  List *found;
};

SERVER_CODE bool note_function(Node *n, void *context) {
  if (n == nullptr) return false;
  auto &into = *static_cast<gathering *>(context);
  if (IsA(n, FuncExpr)) {
    function_facts *facts = facts_of(*into.book, castNode(FuncExpr, n)->funcid);
    if (facts->inlines && !facts->tried) into.found = list_append_unique_ptr(into.found, facts);
  }
  if (IsA(n, RangeTblEntry)) return false;
  if (IsA(n, Query)) return pg::walk_query_entries(castNode(Query, n), note_function, context);
  return pg::walk_below(n, note_function, context);
}

SERVER_CODE List *functions_of_policies(const function_book &book, Oid relation) {
  gathering all{&book, NIL};
  ListCell *cell;
  foreach (cell, policies_of(relation)) {
    const auto *policy = static_cast<const stored_policy *>(lfirst(cell));
    note_function(policy->row, &all);
    note_function(policy->check, &all);
  }
  return all.found;
}

// The one SELECT of a body; nullptr for anything else.
SERVER_CODE Node *only_select(List *statements) {
  if (list_length(statements) != 1) return nullptr;
  Node *statement = linitial_node(RawStmt, statements)->stmt;
  return IsA(statement, SelectStmt) ? statement : nullptr;
}

SERVER_CODE void parse(function_facts &facts, const char *text) {
  facts.raw = only_select(raw_parser(text, RAW_PARSE_DEFAULT));
}

}  // namespace

SERVER_CODE void parse_bodies(const function_book &book, Oid relation) {
  List *functions = functions_of_policies(book, relation);
  for (int i = 0; i < list_length(functions); i++) {
    auto *facts = static_cast<function_facts *>(list_nth(functions, i));
    facts->tried = true;
    const char *text = body_text(facts->oid);
    if (text == nullptr) continue;
    (void)pg::attempt([&] { parse(*facts, text); });
  }
}

}  // namespace primecloud::review
