// A relation and its policies, read from the catalogs.  Server code.
#pragma once

#include "core/review/policy.hpp"
#include "review/tree_walk.hpp"

namespace primecloud::review {

struct relation_facts {
  const char *label;  // schema.table
  char kind;
  Oid owner;
  bool secured, forced;            // row security
  bool invoker, barrier, checked;  // of a view: its options
};
SERVER_CODE bool read_relation(Oid relation, relation_facts &facts);  // false: it is not there

SERVER_CODE subject subject_of(Oid relation, AttrNumber tenant);

struct stored_policy {
  const char *name;
  char command;
  bool permissive;
  Node *row, *check;  // nullptr without one
  const Oid *roles;
  int role_count;
};
SERVER_CODE List *policies_of(Oid relation);  // of stored_policy, by name

// Whether policies of a table hold a role; PUBLIC (0) is nobody's owner.
SERVER_CODE bool is_held(Oid role, const relation_facts &facts);
SERVER_CODE bool is_for_role(const stored_policy &policy, Oid role);
SERVER_CODE std::uint8_t privileges_of(Oid role, Oid relation);
SERVER_CODE bool passes_policies(Oid role);  // a superuser, or BYPASSRLS

// Tenant column = context of the product, as SQL.
SERVER_CODE const char *bound_predicate(Oid relation, AttrNumber tenant);

// The tables that a relation reads: itself, or what is below a view, through views.
SERVER_CODE List *tables_below(Oid relation);

// The way from what a policy asks back to its table, as a role; nullptr without one.  By a call it is gone at run time.
struct way {
  const char *said;
  bool by_call;
};
struct asked;
SERVER_CODE way way_back(const function_book &book, Oid role, const asked &below, Oid target, const stored_policy &from,
                         const char *label);

}  // namespace primecloud::review
