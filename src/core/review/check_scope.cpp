// What each disjunct of a permissive policy asks: which row, or only who comes.
#include <algorithm>

#include "core/review/checks.hpp"

namespace primecloud::review {
namespace {

bool any_of(const conjunction &all, bool (*asked)(const node *)) { return std::any_of(all.begin(), all.end(), asked); }

bool bound(const conjunction &all) {
  return any_of(all, [](const node *n) { return is_bound(n, false); });
}

// A subquery over a relation that asks nothing of who comes.
bool is_unbound(const node *n) { return is_subquery(n) && n->is != kind::scalar && n->has(reads) && !has_context(n); }
const node *unbound_in(const node *n) {
  if (is_unbound(n)) return n;
  for (const node *below : *n)
    if (const node *found = unbound_in(below)) return found;
  return nullptr;
}

bool is_other_than_equal(const node *n) {
  if (n->is == kind::negation) return is_bound(n->args[0], true);
  if (!has_tenant(n) || !has_context(n)) return false;
  if (n->is == kind::distinct) return !n->negated;
  if (n->is == kind::all || n->is == kind::all_row) return true;
  return (n->is == kind::compare || n->is == kind::any || n->is == kind::any_row) && n->op != relation::equal &&
         n->op != relation::none;
}

bool is_fixed_tenant(const node *n) {
  const auto constant = [](const node *side) {
    return !contains(side, [](const node *at) { return at->count == 0 && !is_constant(at); });
  };
  if (n->op != relation::equal || (n->is != kind::compare && n->is != kind::any)) return false;
  return (has_tenant(n->args[0]) && constant(n->args[1])) || (has_tenant(n->args[1]) && constant(n->args[0]));
}

// A function of somebody's own that may answer otherwise for another caller: what it asks was not found in its body.
bool may_ask(const node *n) {
  return n->is == kind::call && (n->has(stable) || n->has(unstable)) && n->text.find('(') != n->text.npos;
}

void judge(const judged &p, const conjunction &all, findings &found) {
  if (any_of(all, [](const node *n) { return contains(n, [](const node *at) { return at->has(absent_role); }); }))
    return;
  const bool asks_who = any_of(all, has_context), asks_row = any_of(all, has_own);
  const std::string text = shown(p.made.both(all));
  const char *const grave = p.it.command == 'r' ? "warning" : "error";
  const node *loose = nullptr;
  for (const node *n : all) loose = loose != nullptr || asks_who ? loose : unbound_in(n);
  if (loose != nullptr) {
    return add(found, p, "policy_unbound_subquery", "error", "asks nothing of the caller: " + shown(loose),
               alter(p, true, true), {shown(loose)});
  }
  if (!asks_row) {
    return add(found, p, "policy_not_row_scoped", "error", "asks who comes, not which row: " + text,
               alter(p, true, true), {text});
  }
  if (bound(all)) return;
  if (any_of(all, is_fixed_tenant)) {
    return add(found, p, "policy_literal_tenant", "warning", "a tenant is written into the policy: " + text,
               alter(p, true, true), {text});
  }
  if (any_of(all, is_other_than_equal)) {
    return add(found, p, "policy_inverted", "error",
               "the tenant is compared by another operator than equality: " + text, alter(p, true, true), {text});
  }
  if (asks_who) return;
  const bool known = !any_of(all, [](const node *n) { return contains(n, may_ask); });
  add(found, p, "policy_shares_rows", known ? grave : "notice",
      (known ? "rows are open whoever asks: " : "whether it asks who comes is not known: ") + text,
      alter(p, true, true, "or AND with the tenant, or primecloud.exempt()"), {text});
}

}  // namespace

void check_scope(const judged &p, findings &found) {
  if (!p.it.permissive || p.row == nullptr || p.row_held || is_constant(p.row)) return;
  const auto all = disjuncts(p.row);
  if (!all) return judge(p, {p.row}, found);
  const std::size_t before = found.size();
  for (const auto &one : *all) {
    judge(p, one, found);
    // A check is said once of a policy, with the first disjunct.
    for (std::size_t i = before; i + 1 < found.size(); i++) {
      if (std::string_view(found[i].check) != found.back().check) continue;
      if (found[i].parts.size() < 8) found[i].parts.push_back(found.back().parts[0]);
      found.pop_back();
      break;
    }
  }
}

}  // namespace primecloud::review
