#include <algorithm>

#include "core/review/checks.hpp"
#include "core/review/literal.hpp"

namespace primecloud::review {
namespace {

constexpr std::string_view row_commands = "rwd", check_commands = "aw";

// Whether a bound restrictive policy stands before every row that a policy lets an asker through to.
bool is_held(nursery &made, const table &of, const policy &p, bool written) {
  bool any = false;
  for (asker who = 0; who < of.askers; who++) {
    if (!p.applies[who]) continue;
    for (const char command : written ? check_commands : row_commands) {
      if (!covers(p, command)) continue;
      any = true;
      if (std::none_of(of.begin(), of.end(), [&](const policy &floor) {
            const node *said = written ? check_of(floor) : floor.row;
            return !floor.permissive && floor.applies[who] && covers(floor, command) && said != nullptr &&
                   binds(normal(made, said), written);
          }))
        return false;
    }
  }
  return any;
}

// The OR of the permissive policies AND the restrictive ones; nullptr where nothing is readable.
const node *effective_for_reading(nursery &made, const table &of, asker who) {
  std::vector<const node *> opened, all;
  for (const policy &p : of) {
    if (!p.applies[who] || !covers(p, 'r') || p.row == nullptr) continue;
    (p.permissive ? opened : all).push_back(normal(made, p.row));
  }
  if (opened.empty()) return nullptr;
  all.push_back(made.either(opened));
  return made.both(all);
}

void check_index_use(nursery &made, const table &of, findings &found) {
  for (asker who = 0; who < of.askers; who++) {
    const node *effective = effective_for_reading(made, of, who);
    if (effective == nullptr || is_constant(effective) || !index_conditions(effective).empty()) continue;
    const auto parts = disjuncts(effective);
    if (!parts) continue;
    std::string shown_parts;
    std::vector<std::string> kept;
    bool bound = false;
    for (const auto &part : *parts) {
      bound = bound || std::any_of(part.begin(), part.end(),
                                   [](const node *conjunct) { return !index_conditions(conjunct).empty(); });
      kept.push_back(shown(made.both(part), 120));
      if (kept.size() <= 5) shown_parts += (kept.size() > 1 ? " | " : "") + kept.back();
    }
    if (!bound || parts->size() < 2) continue;
    kept.resize(std::min<std::size_t>(kept.size(), 8));
    found.push_back({"tenant_predicate_under_or", "warning", std::string(of.object),
                     "no comparison of " + std::string(of.tenant) + " is common to all that a SELECT is allowed: " +
                         shown_parts + "; 50 to 500 times the work of an index condition",
                     "CREATE POLICY tenant_floor ON " + std::string(of.object) + " AS RESTRICTIVE USING (" +
                         std::string(of.bound) + "); -- choose: if nothing is to be seen across tenants",
                     std::move(kept)});
    return;
  }
}

}  // namespace

void add(findings &found, const judged &p, const char *check, const char *level, std::string evidence, std::string fix,
         std::vector<std::string> parts) {
  // (What was accepted for SELECT is not for all.)
  parts.emplace_back(1, p.it.command);
  found.push_back({check, level, std::string(p.it.object), std::move(evidence), std::move(fix), std::move(parts)});
}

std::string expression(const node *n) { return shown(n); }

// A policy that the product made is altered by nobody but the product.
std::string made_anew(const judged &p) {
  return "-- choose: the column is no tenant's, or SELECT primecloud.unprotect_table(" + literal(p.of.object) +
         "); and protect_table()";
}

// Whether an expression has conditions besides the tenant's: whoever puts that in its place lets more rows through.
bool says_more(const node *n) {
  if (n == nullptr) return false;
  if (n->is == kind::both || (n->is == kind::own && !n->has(tenant))) return true;
  return std::any_of(n->begin(), n->end(), says_more);
}

std::string altered(const judged &p, std::string_view bound, bool row, bool check, std::string_view choice) {
  if (p.it.name.starts_with("primecloud_")) return made_anew(p);
  const std::string head = "ALTER POLICY " + std::string(p.it.name) + " ON " + std::string(p.of.object);
  if (bound.empty()) return "-- choose: name the rows: " + head + " USING (...)";
  std::string fix = head;
  const bool reads = row && p.it.command != 'a', writes = (check && p.it.check != nullptr) || p.it.command == 'a';
  if (reads) fix += " USING (" + std::string(bound) + ")";
  if (writes) fix += " WITH CHECK (" + std::string(bound) + ")";
  if ((reads && says_more(p.row)) || (writes && says_more(p.check)))
    return fix + "; -- choose: with what else the policy asks" + (choice.empty() ? "" : ", ") + std::string(choice);
  return fix + (choice.empty() ? ";" : "; -- choose: " + std::string(choice));
}

// (What is written of a context that any SQL may set is said to be a choice: it is a finding itself.)
std::string alter(const judged &p, bool row, bool check, std::string_view choice) {
  if (p.of.forgeable && choice.empty()) choice = "any SQL may set that; or primecloud.protect_table()";
  return altered(p, p.of.bound, row, check, choice);
}

std::string alter_with_ours(const judged &p, bool row, bool check, std::string_view choice) {
  return altered(p, p.of.ours, row, check, choice);
}

bool is_for(const judged &p) {
  return std::find(p.it.applies, p.it.applies + p.of.askers, true) != p.it.applies + p.of.askers;
}

void judge_table(nursery &made, const table &of, findings &found) {
  for (const policy &p : of) {
    const auto plain = [&](const node *n) { return n != nullptr ? normal(made, n) : nullptr; };
    const judged j{made, of, p, plain(p.row), plain(p.check), is_held(made, of, p, false), is_held(made, of, p, true)};
    if (!of.tenant.empty() && !p.idle_roles.empty()) {
      add(found, j, "policy_role_ineffective", "warning", std::string(p.idle_roles),
          "-- choose: drop the role from the policy, or grant", {std::string(p.idle_roles)});
    }
    if (!is_for(j)) continue;
    check_truth(j, found);
    if (of.tenant.empty()) continue;
    check_missing(j, found);
    check_scope(j, found);
    check_writes(j, found);
    check_source(j, found);
    check_subquery(j, found);
    check_functions(j, found);
    check_cost(j, found);
  }
  check_overlap(made, of, found);
  if (!of.tenant.empty()) check_index_use(made, of, found);
}

}  // namespace primecloud::review
