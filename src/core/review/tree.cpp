#include "core/review/tree.hpp"

namespace primecloud::review {

relation inverse(relation op) {
  switch (op) {
    case relation::equal: return relation::unequal;
    case relation::unequal: return relation::equal;
    case relation::less: return relation::greater_equal;
    case relation::less_equal: return relation::greater;
    case relation::greater: return relation::less_equal;
    case relation::greater_equal: return relation::less;
    case relation::none: return relation::none;
  }
  return relation::none;
}

relation turned(relation op) {
  switch (op) {
    case relation::less: return relation::greater;
    case relation::less_equal: return relation::greater_equal;
    case relation::greater: return relation::less;
    case relation::greater_equal: return relation::less_equal;
    default: return op;
  }
}

bool same(const node *a, const node *b) {
  if (a == b) return true;
  if (a->is != b->is || a->op != b->op || a->negated != b->negated || a->count != b->count || a->number != b->number ||
      a->text != b->text || a->more != b->more)
    return false;
  for (std::uint32_t i = 0; i < a->count; i++)
    if (!same(a->args[i], b->args[i])) return false;
  return true;
}

bool has_own(const node *n) {
  return contains(n, [](const node *at) { return at->is == kind::own; });
}
bool has_tenant(const node *n) {
  return contains(n, [](const node *at) { return at->is == kind::own && at->has(tenant); });
}
bool has_context(const node *n) {
  return contains(n, [](const node *at) { return at->is == kind::context || at->has(asks); });
}

}  // namespace primecloud::review
