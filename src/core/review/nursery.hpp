// Where the algebra's nodes live until it is done, and how they are made.
#pragma once

#include <deque>
#include <initializer_list>
#include <vector>

#include "core/review/tree.hpp"

namespace primecloud::review {

class nursery {
 public:
  // `pause` is called now and then, and may throw: who asks may have given up.
  explicit nursery(void (*pause)() = nullptr) : pause_(pause) {}

  const node *make(node made, const std::vector<const node *> &below);
  const node *with(const node *like, const std::vector<const node *> &below);  // the same over other arguments
  const node *truth(bool value) const { return value ? &yes_ : &no_; }
  const node *nothing() const { return &none_; }
  const node *literal(std::int64_t type, std::string_view text);
  const node *is_null(const node *n, bool negated);
  const node *negation(const node *n);
  const node *compare(relation op, const node *left, const node *right, bits flags = strict,
                      std::string_view more = {});

  // AND and OR of any number of arguments: flat, each argument once, constants taken out.
  const node *both(const std::vector<const node *> &parts) { return joined(kind::both, parts); }
  const node *either(const std::vector<const node *> &parts) { return joined(kind::either, parts); }

 private:
  const node *joined(kind how, const std::vector<const node *> &parts);

  const node yes_{.is = kind::truth, .number = 1}, no_{.is = kind::truth}, none_{};
  void (*const pause_)();
  std::deque<node> nodes_;
  std::deque<std::vector<const node *>> below_;
};

}  // namespace primecloud::review
