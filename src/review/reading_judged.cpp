// Whether what is read past policies is held by the conditions of the views on the way.
#include "core/review/joined.hpp"
#include "review/view_facts.hpp"

namespace primecloud::review {

bool is_tied(nursery &made, const reading &r) {
  for (int i = 0; i < list_length(r.conditions); i++)
    if (binds_by_join(normal(made, static_cast<const node *>(list_nth(r.conditions, i))))) return true;
  return false;
}

bool is_shown_more(nursery &made, const reading &r) {
  for (int i = 0; i < list_length(r.own_policies); i++)
    if (!binds(normal(made, static_cast<const node *>(list_nth(r.own_policies, i))), false)) return true;
  return false;
}

}  // namespace primecloud::review
