// Two permissive policies for one role and command: each row is asked of both.
#include "core/review/policy.hpp"

namespace primecloud::review {
namespace {

bool meet(const policy &a, const policy &b) { return a.command == '*' || b.command == '*' || a.command == b.command; }

bool same_or_none(nursery &made, const node *a, const node *b) {
  if (a == nullptr || b == nullptr) return a == b;
  return same(normal(made, a), normal(made, b));
}

}  // namespace

void check_overlap(nursery &made, const table &of, findings &found) {
  std::vector<std::string> parts;
  std::string said;
  for (const policy *a = of.begin(); a != of.end(); a++) {
    for (const policy *b = a + 1; b != of.end(); b++) {
      if (!a->permissive || !b->permissive || !meet(*a, *b)) continue;
      bool both = false;
      for (asker who = 0; who < of.askers; who++) both = both || (a->applies[who] && b->applies[who]);
      if (!both || parts.size() >= 8) continue;
      const bool identical = same_or_none(made, a->row, b->row) && same_or_none(made, check_of(*a), check_of(*b));
      parts.push_back(std::string(a->name) + ", " + std::string(b->name));
      said += (said.empty() ? "" : "; ") + parts.back() + (identical ? " say the same" : "");
    }
  }
  if (parts.empty()) return;
  found.push_back({"policies_overlap", "warning", std::string(of.object),
                   "permissive policies for one role and command are asked one after the other: " + said,
                   "-- choose: one policy that says both", std::move(parts)});
}

}  // namespace primecloud::review
