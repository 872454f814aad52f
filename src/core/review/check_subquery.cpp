// What the subqueries of a policy compare and read.
#include "core/review/checks.hpp"
#include "core/review/literal.hpp"

namespace primecloud::review {
namespace {

// The column below casts and calls of one argument.
const node *stripped(const node *n) {
  while (n->is == kind::call && n->count > 0) {
    const node *only = nullptr;
    for (const node *arg : *n) {
      if (is_constant(arg)) continue;
      if (only != nullptr) return n;
      only = arg;
    }
    if (only == nullptr) return n;
    n = only;
  }
  return n;
}

bool is_one_column(const node *a, const node *b) {
  a = stripped(a), b = stripped(b);
  return (a->is == kind::own || a->is == kind::other) && same(a, b);
}

const node *self_compared(const node *n, bool inside) {
  if (inside && n->is == kind::compare && n->op == relation::equal && is_one_column(n->args[0], n->args[1])) return n;
  if (n->is == kind::any_row && n->op == relation::equal && is_one_column(n->args[1], n->args[2])) return n;
  for (const node *below : *n)
    if (const node *found = self_compared(below, inside || (is_subquery(n) && n->has(reads)))) return found;
  return nullptr;
}

const node *self_compared(const judged &p) {
  const node *found = p.it.row != nullptr ? self_compared(p.it.row, false) : nullptr;
  return found != nullptr || p.it.check == nullptr ? found : self_compared(p.it.check, false);
}

}  // namespace

void check_subquery(const judged &p, findings &found) {
  if (!p.it.recursion.empty()) {
    add(found, p, "policy_recursion", "error",
        "the policy comes back to its own table, and every query " +
            std::string(p.it.recursion_by_call ? "that meets a row fails with 54001: " : "fails with 42P17: ") +
            std::string(p.it.recursion),
        alter(p, true, true), {std::string(p.it.recursion)});
  }
  if (!p.it.writable.empty()) {
    add(found, p, "policy_reads_writable_table", "error",
        "the policy asks " + std::string(p.it.writable) +
            (p.it.writable_by.empty() ? "" : " by " + std::string(p.it.writable_by)) +
            ", which the app may write and which has no row security",
        "SELECT primecloud.protect_table(" + literal(p.it.writable) + ");", {std::string(p.it.writable)});
  }
  if (p.it.permissive && p.row_held) return;
  if (const node *comparison = self_compared(p)) {
    add(found, p, "policy_subquery_self_compare", "error",
        "a column is compared with itself inside a subquery, where an unqualified name is the nearest: " +
            shown(comparison),
        alter(p, true, true), {shown(comparison)});
  }
}

}  // namespace primecloud::review
