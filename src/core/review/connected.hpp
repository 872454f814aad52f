// What a subquery gives to whoever asks: which of its entries are bound to him, and whether what it selects is of
// these.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "core/review/tree.hpp"

namespace primecloud::review {

// An expression without the conversions around it.
const node *without_casts(const node *n);
bool is_tenant_column(const node *n);

// Read from the conditions that hold for every row: an equality with the context binds the entry of its column, one
// between two columns binds either entry to what the other is bound to, and one with the tenant column meets the row.
class connections {
 public:
  explicit connections(const node *conditions);

  // Whether some entry meets the row, and is bound to whoever asks.
  bool meet_the_tenant() const;
  // Whether an expression is made of whoever asks, and of columns of what is bound to him.  (Of a subquery in it the
  // columns are not known here, and not his.)
  bool give(const node *selected) const;

 private:
  void read(const node *condition);
  void read_equality(const node *a, const node *b);
  void read_queried(const node *column, const node *query, const node *selected);
  bool is_connected(std::int64_t entry) const { return bound_.count(entry) != 0; }
  void spread();

  std::set<std::int64_t> bound_, met_;
  std::vector<std::pair<std::int64_t, std::int64_t>> joined_;
};

// Whether an expression is whoever asks: a context, what is made of one, or a subquery that gives it.
bool is_of_asker(const node *n);

}  // namespace primecloud::review
