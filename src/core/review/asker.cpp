#include "core/review/asker.hpp"

#include <algorithm>

#include "core/review/connected.hpp"

namespace primecloud::review {

const node *without_conversions(const node *n) {
  while (n->is == kind::call && n->has(cast | lossless) && n->count == 1) n = n->args[0];
  return n;
}

namespace {

// (Whoever asks is who the text that he gives says; of stored texts several might be one value.)
const node *as_it_was_given(const node *n) {
  while (n->is == kind::call && n->has(cast) && (n->has(lossless) || n->has(named)) && n->count == 1) n = n->args[0];
  return n;
}

}  // namespace

bool is_tenant_column(const node *n) {
  const node *column = without_conversions(n);
  return column->is == kind::own && column->has(tenant);
}

bool is_asker(const node *n) {
  const node *value = as_it_was_given(n);
  switch (value->is) {
    case kind::context: return !has_own(value) && !value->has(servers);
    case kind::scalar:
    case kind::array_of: return connections(value->args[0]).give(value->args[1]);
    case kind::null_if: return is_asker(value->args[0]) && is_constant(value->args[1]);
    case kind::first:
    case kind::list: return value->count > 0 && std::all_of(value->begin(), value->end(), is_asker);
    case kind::call:
      return value->has(json_step) && value->count > 1 && is_asker(value->args[0]) &&
             std::all_of(value->begin() + 1, value->end(), is_constant);
    default: return false;
  }
}

}  // namespace primecloud::review
