// Where what a policy compares with comes from: settings, claims, roles, patterns, literals.
#include <algorithm>

#include "core/review/checks.hpp"

namespace primecloud::review {
namespace {

template <class F>
const node *first_in(const judged &p, F &&asked) {
  const node *found = nullptr;
  const auto look = [&](const node *n) { return asked(n) ? (found = n, true) : false; };
  (void)((p.it.row != nullptr && contains(p.it.row, look)) || (p.it.check != nullptr && contains(p.it.check, look)));
  return found;
}

bool has_forgeable(const node *n) {
  return contains(n, [](const node *at) { return at->has(forgeable); });
}

// The conjunct that ties a row, if it is by what SQL may set; none of those that tie by more are there.
const node *forged(const node *n) {
  if (n->is == kind::both) {
    const node *found = nullptr;
    for (const node *part : *n) {
      const node *here = forged(part);
      if (here == nullptr && binds(part, true)) return nullptr;
      if (found == nullptr) found = here;
    }
    return found;
  }
  if (n->is == kind::either) {
    for (const node *part : *n)
      if (const node *found = forged(part)) return found;
    return nullptr;
  }
  return is_bound(n, false) && has_forgeable(n) ? n : nullptr;
}

bool is_floored(const judged &p) {
  return std::any_of(p.of.begin(), p.of.end(), [&](const policy &floor) {
    if (floor.permissive || &floor == &p.it || floor.row == nullptr || floor.command != '*') return false;
    for (asker who = 0; who < p.of.askers; who++)
      if (p.it.applies[who] && !floor.applies[who]) return false;
    const node *plain = normal(p.made, floor.row);
    return binds(plain, false) && forged(plain) == nullptr;
  });
}

void check_forgeable(const judged &p, findings &found) {
  const node *by = p.row != nullptr ? forged(p.row) : nullptr;
  if (by == nullptr && p.check != nullptr) by = forged(p.check);
  if (by == nullptr || is_floored(p)) return;
  add(found, p, "policy_forgeable_context", "warning", "any SQL may set what the tenant is compared with: " + shown(by),
      alter_with_ours(p, true, true, "whoever comes then enters, which primecloud.protect_table() expects too"),
      {shown(by)});
}

bool is_client_claim(const node *n) {
  if (n->is == kind::other) return n->has(claimed);
  if (n->is == kind::context || n->has(asks)) return n->has(claimed);
  if (!n->has(json_step) || has_own(n->args[0])) return false;
  for (std::uint32_t i = 1; i < n->count; i++) {
    const auto names = [](const node *at) { return at->is == kind::literal && at->text == "user_metadata"; };
    if (contains(n->args[i], names)) return true;
  }
  return false;
}

// current_user through casts and calls, but not as the argument of what asks for a role's rights.
bool has_role_name(const node *n) {
  if (n->is == kind::context) return n->has(role_name);
  if (is_subquery(n) && n->has(reads)) return false;
  if (n->is == kind::call && (n->text.starts_with("pg_has_role") || n->text.starts_with("has_"))) return false;
  return std::any_of(n->begin(), n->end(), has_role_name);
}

bool compares_role(const node *n) {
  const bool comparison = n->is == kind::compare || n->is == kind::any || n->is == kind::all ||
                          n->is == kind::distinct || (n->is == kind::call && n->has(pattern));
  if (!comparison || n->count != 2) return false;
  return (has_own(n->args[0]) && has_role_name(n->args[1])) || (has_own(n->args[1]) && has_role_name(n->args[0]));
}

// The text of a setting as it came, which is '' where it was set before.
bool is_raw_setting(const node *n) {
  if (n->is == kind::context) return n->has(setting | placeholder);
  if (n->is == kind::scalar && !n->has(reads)) return is_raw_setting(n->args[1]);
  return n->is == kind::first && std::any_of(n->begin(), n->end(), is_raw_setting);
}

const node *unreliable(const node *n) {
  if (n->is == kind::context && n->has(unknown)) return n;
  if (n->has(cast) && !n->has(to_text) && n->count > 0 && is_raw_setting(n->args[0])) return n;
  if (n->is == kind::choice) return nullptr;  // asked before it is cast
  for (const node *below : *n)
    if (const node *found = unreliable(below)) return found;
  return nullptr;
}

void check_setting(const judged &p, findings &found) {
  const node *by = p.it.row != nullptr ? unreliable(p.it.row) : nullptr;
  if (by == nullptr && p.it.check != nullptr) by = unreliable(p.it.check);
  if (by == nullptr) return;
  const bool no_setting = by->is == kind::context;
  add(found, p, "policy_setting_unreliable", "warning",
      no_setting ? "there is no setting " + std::string(by->text) + ", and without a dot nobody can make one"
                 : "after SET LOCAL a setting is the empty string, which is no value of the type: " + shown(by),
      alter_with_ours(p, true, true, no_setting ? "" : "or nullif(current_setting(..), '') around the setting"),
      {shown(by)});
}

}  // namespace

void check_source(const judged &p, findings &found) {
  check_forgeable(p, found);
  check_setting(p, found);
  if (const node *claim = first_in(p, is_client_claim)) {
    add(found, p, "policy_client_claim", "error", "the client writes this claim itself: " + shown(claim),
        alter_with_ours(p, true, true), {shown(claim)});
  }
  if (p.row_held || (p.row == nullptr && p.check_held)) return;
  if (const node *role = first_in(p, compares_role)) {
    add(found, p, "policy_compares_role", "warning", "one pool has one role, whoever comes: " + shown(role),
        alter_with_ours(p, true, true), {shown(role)});
  }
  const auto matches = [](const node *n) { return n->has(pattern) && has_context(n); };
  if (const node *like = first_in(p, matches)) {
    add(found, p, "policy_pattern_match", "warning", "a pattern that the context is part of: " + shown(like),
        alter(p, true, true), {shown(like)});
  }
}

}  // namespace primecloud::review
