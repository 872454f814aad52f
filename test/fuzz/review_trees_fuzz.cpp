// Any text as kept trees, and any tree through the algebra: no crash; what is folded says no
// more than before; a predicate implies itself.
#include <cstdint>
#include <cstdlib>

#include "core/review/encoded.hpp"
#include "core/review/implied.hpp"
#include "core/review/words.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud::review;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  (void)context_of_body(text);
  nursery made;
  const auto trees = decoded(made, text);
  if (!trees || size > 2000) return 0;
  for (const node *tree : *trees) {
    const std::string kept = encoded(tree);
    const auto again = decoded(made, kept);
    if (!again || again->size() != 1 || !same(again->front(), tree)) std::abort();
    (void)shown(tree);
    const node *plain = normal(made, tree);
    if (!same(as_filter(made, fold(made, plain)), plain) && is_constant(plain)) std::abort();
    (void)binds(plain, true);
    (void)index_conditions(plain);
    (void)disjuncts(plain);
    (void)without_contexts(made, tree, true);
    if (compared(made, tree, tree) != change::neither) std::abort();
  }
  return 0;
}
