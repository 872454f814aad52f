// What a proof asks of other tables: whoever writes there says what it answers.
#pragma once

#include <cstdint>
#include <vector>

#include "core/review/tree.hpp"

namespace primecloud::review {

// A column of an entry of a subquery (`number`, as in kind::other).  Given: it is what the row's tenant is compared
// with.
struct asked_column {
  std::int64_t number;
  bool given;
};

struct use {
  std::vector<asked_column> columns;
  bool believes = false;  // a function that is taken for whoever asks, and whose body is not followed

  bool nothing() const { return columns.empty() && !believes; }
};

// Of a filter that is_proven(): of several proofs, of the one that asks least.
use used_by(const node *filter);

// The function that is believed; nullptr without one.
const node *believed(const node *n);

}  // namespace primecloud::review
