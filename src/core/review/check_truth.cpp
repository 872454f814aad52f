// Policies that let everything through, or nothing.
#include "core/review/checks.hpp"

namespace primecloud::review {
namespace {

void open(const judged &p, const node *said, bool written, findings &found) {
  const std::string text = expression(said);
  add(found, p, "policy_always_true", "error",
      std::string(written ? "WITH CHECK (" : "USING (") + text + ") is true for every row", alter(p, true, true),
      {text});
}

void check_floor(const judged &p, findings &found) {
  if (p.row == nullptr && p.check == nullptr) return;
  if ((p.row != nullptr && !is_truth(p.row, true)) || (p.check != nullptr && !is_truth(p.check, true))) return;
  const std::string text = expression(p.it.row != nullptr ? p.it.row : p.it.check);
  add(found, p, "floor_always_true", "warning",
      "a restrictive policy that is true for every row narrows nothing: " + text, alter(p, true, true), {text});
}

void check_nothing(const judged &p, findings &found) {
  const bool row = p.row != nullptr && is_truth(p.row, false), check = p.check != nullptr && is_truth(p.check, false);
  if (!row && !check) return;
  if (!p.it.permissive && p.it.command != 'r' && p.it.command != '*') return;  // a stated no
  const std::string text = expression(row ? p.it.row : p.it.check);
  add(found, p, "policy_always_false", "warning",
      std::string(row ? "USING (" : "WITH CHECK (") + text +
          ") is true for no row: say so by a REVOKE, or name the rows",
      alter(p, row, check, "the rows that are meant, or DROP POLICY and REVOKE"), {text});
}

}  // namespace

void check_truth(const judged &p, findings &found) {
  const bool has_tenant = !p.of.tenant.empty();
  if (p.it.permissive && p.row != nullptr && is_truth(p.row, true) && !p.row_held &&
      (has_tenant || p.it.command != 'r')) {
    open(p, p.it.row, false, found);
  } else if (!has_tenant && p.it.permissive && p.it.command == 'a' && p.check != nullptr && is_truth(p.check, true)) {
    open(p, p.it.check, true, found);
  }
  if (!has_tenant) return;
  if (!p.it.permissive) check_floor(p, found);
  check_nothing(p, found);
}

}  // namespace primecloud::review
