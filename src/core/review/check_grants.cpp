// What is granted and what no permissive policy lets through: every query comes back empty, or fails.
#include <algorithm>

#include "core/review/policy.hpp"

namespace primecloud::review {
namespace {

constexpr std::string_view commands = "rawd";
constexpr const char *const names[] = {"SELECT", "INSERT", "UPDATE", "DELETE"};

bool is_let_through(const table &of, asker who, char command) {
  return std::any_of(of.begin(), of.end(), [&](const policy &p) {
    const node *said = command == 'a' ? check_of(p) : p.row;
    return p.permissive && p.applies[who] && covers(p, command) && said != nullptr;
  });
}

bool is_granted(const table &of, asker who, std::size_t command) {
  return of.held[who] && (of.privileges[who] >> command & 1) != 0;
}

// What the app may itself decides; what it may only as a role that it becomes counts where it may not itself.
bool is_without_policy(const table &of, std::size_t command) {
  bool any = false;
  for (asker who = 0; who < of.askers; who++) {
    if (who == of.apps && any) return false;
    if (!is_granted(of, who, command)) continue;
    if (!is_let_through(of, who, commands[command])) return true;
    any = true;
  }
  return false;
}

}  // namespace

void check_grants(const table &of, findings &found) {
  std::string granted, fix;
  std::vector<std::string> parts;
  for (std::size_t command = 0; command < commands.size(); command++) {
    if (!is_without_policy(of, command)) continue;
    granted += (granted.empty() ? "" : ", ") + std::string(names[command]);
    parts.emplace_back(names[command]);
    if (of.grantees[command].empty()) continue;
    fix += (fix.empty() ? "REVOKE " : "\nREVOKE ") + std::string(names[command]) + " ON " + std::string(of.object) + " FROM " +
           std::string(of.grantees[command]) + ";";
  }
  if (parts.empty()) return;
  if (fix.empty()) fix = "-- choose: a policy, or nobody who inherits the owner's rights";
  found.push_back({"grant_without_policy", "warning", std::string(of.object),
                   granted + " is granted, and no permissive policy for it applies: nothing is let through", fix, parts});
}

}  // namespace primecloud::review
