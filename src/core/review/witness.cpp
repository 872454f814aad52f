#include "core/review/witness.hpp"

#include <algorithm>

#include "core/review/proven.hpp"

namespace primecloud::review {
namespace {

constexpr std::size_t most = 10;

const node *column_in(const node *n) {
  while (n->is == kind::call && n->has(cast) && n->count == 1) n = n->args[0];
  return n->is == kind::own ? n : nullptr;
}

std::optional<std::string> text_in(const node *n) {
  if (n->is == kind::literal) return std::string(n->text);
  if (n->is == kind::truth) return n->number != 0 ? "true" : "false";
  return std::nullopt;
}

// A column with the constant beside it: where it is the bound of a range it lies in the range, or at its end.
std::optional<given> compared_with(const node *left, const node *right) {
  const node *column = column_in(left);
  auto value = text_in(right);
  if (column == nullptr || !value) return std::nullopt;
  return given{column->number, std::move(value)};
}

std::optional<given> truth_of(const node *n, bool value) {
  const node *column = column_in(n);
  if (column == nullptr) return std::nullopt;
  return given{column->number, value ? "true" : "false"};
}

std::optional<given> value_in(const node *n) {
  switch (n->is) {
    case kind::own: return truth_of(n, true);
    case kind::negation: return truth_of(n->args[0], false);
    case kind::is_true: return truth_of(n->args[0], (n->number != 0) != n->negated);
    case kind::is_null:
      if (const node *column = column_in(n->args[0]); column != nullptr && !n->negated)
        return given{column->number, std::nullopt};
      return std::nullopt;
    case kind::distinct:
      if (!n->negated) return std::nullopt;
      break;
    case kind::compare:
      if (n->op == relation::unequal || n->op == relation::none) return std::nullopt;
      break;
    case kind::any:
      if (n->op != relation::equal || n->args[1]->is != kind::list || n->args[1]->count == 0) return std::nullopt;
      return compared_with(n->args[0], n->args[1]->args[0]);
    default: return std::nullopt;
  }
  auto value = compared_with(n->args[0], n->args[1]);
  return value ? value : compared_with(n->args[1], n->args[0]);
}

witness witness_of(const policy &p, const conjunction &all, const std::string &disjunct) {
  witness w{"policy " + std::string(p.name) + ", disjunct " + disjunct, {}};
  for (const node *n : all) {
    auto value = value_in(n);
    if (!value) continue;
    const auto there = [&](const given &other) { return other.column == value->column; };
    if (std::none_of(w.values.begin(), w.values.end(), there)) w.values.push_back(std::move(*value));
  }
  return w;
}

bool lets_read(const table &of, const policy &p) {
  return p.permissive && covers(p, 'r') && p.row != nullptr &&
         std::find(p.applies, p.applies + of.askers, true) != p.applies + of.askers;
}

void note_settings(const node *n, std::vector<std::string> &found) {
  const bool named = n->is == kind::context && n->has(setting) && !n->text.empty();
  if (named && std::find(found.begin(), found.end(), n->text) == found.end()) found.emplace_back(n->text);
  for (const node *below : *n) note_settings(below, found);
}

}  // namespace

std::vector<witness> witnesses_of(nursery &made, const table &of) {
  std::vector<witness> found;
  for (const policy &p : of) {
    if (!lets_read(of, p)) continue;
    const auto all = disjuncts(normal(made, p.row));
    if (!all) continue;
    for (const conjunction &one : *all) {
      const node *as_one = made.both(one);
      if (found.size() < most && !is_proven(as_one)) found.push_back(witness_of(p, one, shown(as_one, 120)));
    }
  }
  return found;
}

std::vector<std::string> settings_of(const table &of) {
  std::vector<std::string> found;
  for (const policy &p : of)
    if (p.row != nullptr) note_settings(p.row, found);
  return found;
}

}  // namespace primecloud::review
