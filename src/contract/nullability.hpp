// Which columns of relations and queries can be NULL, and whose values they are, by the trees of the catalog.
//
// Nothing is opened, planned or run: a view's query and a function's body come from the catalog's text, tables' columns
// from the catalog's rows.  All of it lives in the memory of the moment.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"
}

namespace primecloud::contract {

struct origin {
  Oid relation = InvalidOid;
  int16 number = 0;
};

struct column_state {
  bool not_null = false;
  bool made_null = false;  // here: NULL itself, or what an outer join may leave out
  origin source;           // the column of a table that it is a plain copy of
  List *flows = nullptr;   // of origin *: the columns whose values it can hold
};
struct column_states {
  column_state *all = nullptr;
  int count = 0;
};
// That of the column `number`, from 1; nothing is known of one that is not there.
column_state nth(const column_states &states, int number) noexcept;
SERVER_CODE column_states make_states(int count);

// Relations that were looked at.
struct walk {
  HTAB *relations;
};
SERVER_CODE walk begin_walk();

// A recursive query's columns while they are looked for.
struct assumption {
  const CommonTableExpr *of;
  column_states columns;
  assumption *next;
};

struct scope {
  walk *all;
  const Query *query;
  scope *up;
  bool *can_be_missing;   // by number in the range table: below the side of an outer join that is filled with NULLs
  column_states *looked;  // by the same number: of subqueries and CTEs, once looked at
  assumption *assumed;
};

SERVER_CODE column_states columns_of_relation(walk &all, Oid relation);
SERVER_CODE column_states columns_of_table(walk &all, Oid relation);
SERVER_CODE column_states columns_of_query(walk &all, const Query *query, scope *up, assumption *assumed);
SERVER_CODE column_states columns_of_cte(scope &at, const RangeTblEntry *entry);
SERVER_CODE column_state state_of(scope &at, Node *expression);
SERVER_CODE column_state state_of_aggregate(scope &at, const Aggref *call);
SERVER_CODE column_state state_of_window(scope &at, const WindowFunc *call);
SERVER_CODE column_state known(bool not_null);
SERVER_CODE column_state one_of(scope &at, const List *values, bool all_must_be);
SERVER_CODE column_state state_of_column(scope &at, const Var *column);

// The query whose rows a function with an SQL body gives; nullptr for another function.
SERVER_CODE const Query *body_of(Oid function);

SERVER_CODE scope scope_of(walk &all, const Query *query, scope *up, assumption *assumed);
inline const List *results_of(const Query *query) noexcept {
  return query->commandType == CMD_SELECT ? query->targetList : query->returningList;
}
SERVER_CODE column_state either(const column_state &a, const column_state &b);

}  // namespace primecloud::contract
