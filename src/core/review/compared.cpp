#include "core/review/implied.hpp"

namespace primecloud::review {

change compared(nursery &made, const node *before, const node *after) {
  const node *was = normal(made, before), *is = normal(made, after);
  const answer kept = implies(made, was, is), within = implies(made, is, was);
  if (kept == answer::undecided || within == answer::undecided) return change::undecided;
  if (kept == answer::yes) return within == answer::yes ? change::neither : change::opened;
  return within == answer::yes ? change::closed : change::both;
}

const char *name_of(change c) {
  switch (c) {
    case change::neither: return "neither";
    case change::opened: return "opened";
    case change::closed: return "closed";
    case change::both: return "both";
    case change::undecided: return "cannot be decided";
  }
  return "cannot be decided";
}

}  // namespace primecloud::review
