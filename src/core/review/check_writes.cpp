// Rows that are planted in another tenant.
#include "core/review/checks.hpp"

namespace primecloud::review {
namespace {

bool somebody_writes(const judged &p) {
  const unsigned wanted = p.it.command == 'a' ? may_insert : p.it.command == 'w' ? may_update : may_insert | may_update;
  for (asker who = 0; who < p.of.askers; who++)
    if (p.it.applies[who] && (p.of.privileges[who] & wanted) != 0) return true;
  return false;
}

}  // namespace

void check_writes(const judged &p, findings &found) {
  if (!p.it.permissive || p.check == nullptr || p.check_held || !somebody_writes(p)) return;
  if (p.it.command == 'r' || p.it.command == 'd' || binds(p.check, true)) return;
  const std::string text = expression(p.it.check);
  const bool person = binds(p.check, false);
  add(found, p, "write_check_open", "error",
      "WITH CHECK (" + text + ") " +
          (is_truth(p.check, true) ? "takes every row"
           : person                ? "binds the row to its caller and not to the tenant"
                                   : "does not bind " + std::string(p.of.tenant)),
      alter(p, false, true), {text});
}

}  // namespace primecloud::review
