// What the functions of a policy are: volatile, falsely immutable, out of reach.
#include <algorithm>

#include "core/review/checks.hpp"

namespace primecloud::review {
namespace {

void names_of(const node *n, bits flag, std::vector<std::string> &names) {
  if (n->has(flag) && std::find(names.begin(), names.end(), n->text) == names.end()) names.emplace_back(n->text);
  for (const node *below : *n) names_of(below, flag, names);
}

std::vector<std::string> names_of(const judged &p, bits flag) {
  std::vector<std::string> names;
  if (p.it.row != nullptr) names_of(p.it.row, flag, names);
  if (p.it.check != nullptr) names_of(p.it.check, flag, names);
  return names;
}

std::string listed(const std::vector<std::string> &names) {
  std::string all;
  for (const auto &name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

void check_kind(const judged &p, bits flag, const char *check, const char *level, const char *said, const char *change,
                findings &found) {
  auto names = names_of(p, flag);
  if (names.empty()) return;
  std::string fix;
  for (const auto &name : names) {
    // (What the server brings cannot be altered: another predicate is needed.)
    if (name.find('(') == name.npos || name.starts_with("pg_catalog.")) {
      fix = alter(p, true, true);
      break;
    }
    fix += (fix.empty() ? "" : "\n") + ("ALTER FUNCTION " + name) + change;
    if (flag == refused) fix = "GRANT EXECUTE ON FUNCTION " + listed(names) + change;
  }
  const std::string evidence = said + listed(names);
  add(found, p, check, level, evidence, std::move(fix), std::move(names));
}

}  // namespace

void check_functions(const judged &p, findings &found) {
  check_kind(p, unstable, "policy_volatile_function", "warning",
             "VOLATILE, so called for each row and never in an index: ", " STABLE PARALLEL SAFE;", found);
  check_kind(
      p, fixed_context, "policy_immutable_context", "error",
      "IMMUTABLE though it asks for a context or reads a table; a cached plan keeps the answer for the next tenant: ",
      " STABLE;", found);
  if (p.of.privileges[0] == 0) return;  // the app does not come here
  check_kind(p, refused, "policy_function_not_executable", "error",
             "the app may not execute, so every query fails with 42501: ", " TO {app};", found);
}

}  // namespace primecloud::review
