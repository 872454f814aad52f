// What a subquery gives to whoever asks: which of its entries are bound to him, and whether what it selects is of
// these.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/review/tree.hpp"

namespace primecloud::review {

// Read from the conditions that hold for every row of a subquery.  Columns that are equal make a class.  An entry is
// bound where a column of it is whoever asks; where it refers to a bound one by a key of that; and where a bound one
// refers to it, but then nothing that refers to it is bound by that: who shares a country is not one account.
class connections {
 public:
  explicit connections(const node *conditions);

  // Whether the row's tenant is a column of what is bound to whoever asks.
  bool meet_the_tenant() const { return is_bound(tenant_class); }
  // Whether what is selected is such a column, or whoever asks.
  bool give(const node *selected) const;

  // The numbers of the columns that are equal to the row's tenant, or to what is selected.
  std::vector<std::int64_t> of_the_tenant() const { return alike(tenant_class); }
  std::vector<std::int64_t> alike(const node *selected) const;

 private:
  enum class bond : std::uint8_t { none, referred_to, own };
  struct column {
    std::int64_t number;
    bool is_key;
    std::size_t of;  // its class
    std::int64_t entry() const { return number >> 16; }
  };
  struct entry {
    std::int64_t number;
    bond bound;
  };

  void read(const node *condition);
  void read_equality(const node *a, const node *b);
  void read_query(const node *column, const node *query, const node *conditions, const node *selected);
  std::optional<std::size_t> class_of(const node *n);
  std::size_t root(std::size_t of) const;
  bond bond_of(std::int64_t entry) const;
  bool bind(std::int64_t entry, bond given);
  bool spread();
  bool is_bound(std::size_t of) const;
  std::vector<std::int64_t> alike(std::size_t of) const;

  static constexpr std::size_t asker_class = 0, tenant_class = 1;
  std::vector<std::size_t> same_as_{asker_class, tenant_class};  // of each class the one that it is part of
  std::vector<column> columns_;
  std::vector<entry> entries_;
};

}  // namespace primecloud::review
