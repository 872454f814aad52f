// Functions of one name before and after: those of the same arguments, then those that are most alike.
#include <algorithm>
#include <map>
#include <tuple>

#include "core/contract/overloads.hpp"
#include "core/contract/pause.hpp"

namespace primecloud::contract {
namespace {

// What functions are known again by: the types of their arguments, and how often each name is among these.
struct face {
  std::vector<std::string> types;
  std::map<std::string, int> names;
};

std::vector<face> faces_of(const overloads &all) {
  std::vector<face> faces;
  for (const auto &function : all) {
    face made{types_of(*function.told), {}};
    for (const auto &argument : (*function.told)["arguments"].items) made.names[argument["key"].text]++;
    faces.push_back(std::move(made));
  }
  return faces;
}

// How much two functions have in common: names of arguments count most, then their types in place.
int likeness(const face &a, const face &b) {
  pausing::now_and_then();
  int score = 0;
  for (const auto &[name, times] : a.names) {
    if (const auto found = b.names.find(name); found != b.names.end()) score += 4 * times * found->second;
  }
  for (std::size_t i = 0; i < std::min(a.types.size(), b.types.size()); i++) score += a.types[i] == b.types[i] ? 1 : 0;
  return score;
}

// More overloads than anybody has are taken in their order.
constexpr std::size_t most_pairs = 1'000'000;

// Which are one, of those that are left: the most alike first, then in their order.
std::vector<std::pair<std::size_t, std::size_t>> pair_alike(const overloads &gone, const overloads &come) {
  const bool weighed = gone.size() * come.size() <= most_pairs;
  std::vector<std::tuple<int, std::size_t, std::size_t>> pairs;
  const auto old = weighed ? faces_of(gone) : std::vector<face>(),
             next = weighed ? faces_of(come) : std::vector<face>();
  for (std::size_t a = 0; a < old.size(); a++) {
    for (std::size_t b = 0; b < next.size(); b++) pairs.emplace_back(-likeness(old[a], next[b]), a, b);
  }
  std::sort(pairs.begin(), pairs.end());
  for (std::size_t i = 0; !weighed && i < std::min(gone.size(), come.size()); i++) pairs.emplace_back(0, i, i);
  std::vector<std::pair<std::size_t, std::size_t>> taken;
  std::vector<bool> had_old(gone.size()), had_next(come.size());
  for (const auto &[score, a, b] : pairs) {
    if (had_old[a] || had_next[b]) continue;
    had_old[a] = had_next[b] = true;
    taken.emplace_back(a, b);
  }
  return taken;
}

// Without those that were taken.
overloads rest_of(const overloads &all, const std::vector<bool> &taken) {
  overloads rest;
  for (std::size_t i = 0; i < all.size(); i++) {
    if (!taken[i]) rest.push_back(all[i]);
  }
  return rest;
}

}  // namespace

paired_overloads pair_overloads(const overloads &before, const overloads &after) {
  paired_overloads pairs;
  std::vector<bool> had_old(before.size()), had_next(after.size());
  std::map<std::vector<std::string>, std::vector<std::size_t>> by_types;  // the last first
  for (std::size_t i = after.size(); i-- > 0;) by_types[types_of(*after[i].told)].push_back(i);
  for (std::size_t i = 0; i < before.size(); i++) {
    const auto found = by_types.find(types_of(*before[i].told));
    if (found == by_types.end() || found->second.empty()) continue;
    const auto next = found->second.back();
    found->second.pop_back();
    pairs.same.emplace_back(before[i], after[next]);
    had_old[i] = had_next[next] = true;
  }
  const auto gone = rest_of(before, had_old), come = rest_of(after, had_next);
  had_old.assign(gone.size(), false);
  had_next.assign(come.size(), false);
  for (const auto &[old, next] : pair_alike(gone, come)) {
    pairs.same.emplace_back(gone[old], come[next]);
    had_old[old] = had_next[next] = true;
  }
  pairs.gone = rest_of(gone, had_old);
  pairs.come = rest_of(come, had_next);
  return pairs;
}

}  // namespace primecloud::contract
