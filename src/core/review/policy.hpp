// Policies of a table and what a review finds in them, without a server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/review/predicate.hpp"

namespace primecloud::review {

// One of those who come: the app, a role that it may become, a role with a grant, or PUBLIC.
using asker = std::size_t;

struct policy {
  std::string_view name;    // quoted
  std::string_view object;  // schema.table.policy
  char command = '*';       // as pg_policy has it: r, a, w, d, *
  bool permissive = true;
  const node *row = nullptr;               // USING
  const node *check = nullptr;             // WITH CHECK
  const bool *applies = nullptr;           // to each asker
  std::string_view writable = {};          // a relation that it asks and that the app may write
  std::string_view writable_by = {};       // the function of the policy that asks it; empty: the policy does
  std::string_view recursion = {};         // the way back to its own table
  bool recursion_by_call = false;          // a function is on that way
  const std::uint32_t *entries = nullptr;  // of its subqueries the relations, by the numbers of their entries; 0: none
  std::size_t entry_count = 0;
  std::string_view idle_roles = {};  // roles that it is for and that cannot use it
};

struct table {
  std::string_view object;       // schema.table
  std::string_view tenant = {};  // the tenant column, quoted; empty without one
  std::string_view bound = {};   // tenant column = context, as SQL
  std::string_view ours = {};    // the same with the product's, where `bound` has the schema's own
  bool forgeable = false;        // any SQL may set what `bound` asks
  const policy *policies = nullptr;
  std::size_t policy_count = 0;
  std::size_t askers = 0;
  const std::uint8_t *privileges = nullptr;  // of each asker: bits of `may`

  const policy *begin() const { return policies; }
  const policy *end() const { return policies + policy_count; }
};

enum may : std::uint8_t { may_read = 1, may_insert = 2, may_update = 4, may_delete = 8 };

struct finding {
  const char *check;
  const char *level;
  std::string object, evidence, fix;
  std::vector<std::string> parts;  // of the evidence, those that survive a dump
};
using findings = std::vector<finding>;

// Whether a policy is asked for a command (r, a, w, d), and with which expression.
inline bool covers(const policy &p, char command) { return p.command == '*' || p.command == command; }
inline const node *check_of(const policy &p) { return p.check != nullptr || p.command == 'a' ? p.check : p.row; }

// A policy as it is judged: its expressions made plain, and whether restrictive policies
// hold what it lets through.
struct judged {
  nursery &made;
  const table &of;
  const policy &it;
  const node *row;    // plain; nullptr without one
  const node *check;  // its own WITH CHECK, plain
  bool row_held, check_held;
};

// Permissive policies beside each other.
void check_overlap(nursery &made, const table &of, findings &found);

// All that policies of a table are found to be; of one without a tenant column, little.
void judge_table(nursery &made, const table &of, findings &found);

}  // namespace primecloud::review
