// An amount of money in parts that add up to it.
#include <algorithm>
#include <numeric>

#include "core/types/money_amount.hpp"

namespace primecloud {

std::vector<money_amount> allocate(money_amount amount, std::span<const std::int32_t> weights) {
  std::int64_t total = 0;
  for (const auto weight : weights) {
    if (weight < 0)
      throw error(invalid_value, "weight " + std::to_string(weight) + " is negative")
          .with_hint("Who gets nothing has the weight 0.");
    total += weight;
  }
  if (total == 0)
    throw error(invalid_value, "there is nobody to allocate to").with_hint("Give at least one weight above 0.");

  std::vector<money_amount> shares;
  std::vector<std::int64_t> lost;  // the fraction of a unit that rounding took, in parts of `total`
  std::int64_t rest = amount.minor;
  for (const auto weight : weights) {
    const auto product = static_cast<__int128>(amount.minor) * weight;
    const auto share = static_cast<std::int64_t>(product / total);
    shares.push_back({amount.currency, share});
    lost.push_back(static_cast<std::int64_t>(product % total < 0 ? -(product % total) : product % total));
    rest -= share;
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  const std::int64_t unit = rest < 0 ? -1 : 1;
  for (std::size_t i = 0; rest != 0; i++, rest -= unit) shares[order[i]].minor += unit;
  return shares;
}

}  // namespace primecloud
