#include <charconv>

#include "core/review/fold.hpp"

namespace primecloud::review {
namespace {

bool integer(std::string_view text, std::int64_t &value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

int literal_order(const node *a, const node *b) {
  if (a->is == kind::truth && b->is == kind::truth) return a->number < b->number ? -1 : a->number > b->number;
  if (a->is != kind::literal || b->is != kind::literal) return 3;
  if (a->number != b->number || a->more != b->more) return 3;
  if (a->text == b->text) return 0;
  if (a->number == integer_literal) {
    std::int64_t x, y;
    if (!integer(a->text, x) || !integer(b->text, y)) return 3;
    return x < y ? -1 : x > y;
  }
  if (a->number == uuid_literal) return a->text < b->text ? -1 : 1;
  return a->number == text_literal ? 2 : 3;
}

bool never_null(const node *n) {
  switch (n->is) {
    case kind::truth:
    case kind::literal:
    case kind::is_null:
    case kind::is_true:
    case kind::distinct:
    case kind::exists:
    case kind::list:
    case kind::array_of: return true;
    case kind::own:
    case kind::other: return n->has(not_null);
    case kind::first:
      for (const node *arg : *n)
        if (never_null(arg)) return true;
      return false;
    case kind::call:
      // A conversion of a value is one.
      return n->has(cast) && n->count == 1 && never_null(n->args[0]);
    case kind::both:
    case kind::either:
    case kind::negation:
    case kind::compare:
      if (n->is == kind::compare && !n->has(strict)) return false;
      for (const node *arg : *n)
        if (!never_null(arg)) return false;
      return true;
    default: return false;
  }
}

}  // namespace primecloud::review
