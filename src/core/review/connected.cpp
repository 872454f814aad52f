#include "core/review/connected.hpp"

namespace primecloud::review {
namespace {

std::int64_t entry_of(const node *column) { return column->number >> 16; }
bool is_column(const node *n) { return n->is == kind::other; }
bool selects(const node *n) { return n->is == kind::scalar || n->is == kind::array_of; }

}  // namespace

const node *without_casts(const node *n) {
  while (n->is == kind::call && n->has(cast) && n->count == 1) n = n->args[0];
  return n;
}

bool is_tenant_column(const node *n) {
  const node *column = without_casts(n);
  return column->is == kind::own && column->has(tenant);
}

bool is_of_asker(const node *n) {
  const node *value = without_casts(n);
  if (selects(value)) return connections(value->args[0]).give(value->args[1]);
  return has_context(value) && !has_own(value) && !contains(value, is_column);
}

connections::connections(const node *conditions) {
  read(conditions);
  spread();
}

void connections::read(const node *condition) {
  switch (condition->is) {
    case kind::both:
      for (const node *part : *condition) read(part);
      return;
    case kind::compare:
      if (condition->op != relation::equal) return;
      read_equality(condition->args[0], condition->args[1]);
      return read_equality(condition->args[1], condition->args[0]);
    case kind::any:
      if (condition->op == relation::equal) read_equality(condition->args[0], condition->args[1]);
      return;
    case kind::any_row:
      if (condition->op == relation::equal) read_queried(condition->args[1], condition->args[0], condition->args[2]);
      return;
    case kind::exists:
      if (!condition->has(grouped)) read(condition->args[0]);
      return;
    case kind::is_true:
      if (!condition->negated && condition->number != 0) read(condition->args[0]);
      return;
    default: return;
  }
}

void connections::read_equality(const node *a, const node *b) {
  const node *column = without_casts(a), *value = without_casts(b);
  if (selects(value)) return read_queried(column, value->args[0], value->args[1]);
  if (!is_column(column)) return;
  if (is_column(value)) joined_.emplace_back(entry_of(column), entry_of(value));
  if (is_tenant_column(value)) met_.insert(entry_of(column));
  if (is_of_asker(value)) bound_.insert(entry_of(column));
}

// A column that is what a subquery selects.
void connections::read_queried(const node *column, const node *query, const node *selected) {
  read_equality(column, selected);
  read(query);
}

void connections::spread() {
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto &[a, b] : joined_) {
      if (is_connected(a) == is_connected(b)) continue;
      bound_.insert({a, b});
      grown = true;
    }
  }
}

bool connections::meet_the_tenant() const {
  for (const std::int64_t entry : met_)
    if (is_connected(entry)) return true;
  return false;
}

bool connections::give(const node *selected) const {
  if (has_own(selected)) return false;
  if (!contains(selected, is_column)) return has_context(selected);
  return !contains(selected, [this](const node *n) { return is_column(n) && !is_connected(entry_of(n)); });
}

}  // namespace primecloud::review
