// How AWS chooses among what is due.  What deletes for good goes before transitions, of which
// the cheapest class goes first, and a transition before a delete marker that is due on
// the same day.  A delete marker of another day goes before it: below one lies a noncurrent
// version, and other rules.
#pragma once

#include "core/lifecycle/best.hpp"
#include "core/lifecycle/storage_class.hpp"

namespace primecloud::lifecycle {

struct watch_aws {
  watch_aws(const object &o, const record_view &config) noexcept : for_good(expires_for_good(o)), rules(config) {}
  bool for_good;  // an expiration of the latest version
  record_view rules;

  int preference_of(std::uint32_t index) const noexcept {
    return preference(find_storage_class(rules.storage_class(rules.action(index))));
  }
  // What deletes, then transitions by their class, then delete markers, then restored copies.
  int rank(action does, std::uint32_t index) const noexcept {
    constexpr int after_transitions = 100;
    if (moves(does)) return 1 + preference_of(index);
    const int before = precedence(does);
    if (before < 2 && (does != action::remove || for_good)) return 0;
    return after_transitions + before;
  }
  void unmatched(std::uint16_t, const rule_entry &, mismatch) noexcept {}
  void passed_over(std::uint16_t, std::uint32_t, passed) noexcept {}
};

struct due_at_aws : watch_aws {
  due_at_aws(const object &o, const record_view &config, timestamp at) noexcept : watch_aws(o, config), now(at) {}
  timestamp now;
  best gone, moved, marked, restored_copy;

  static void consider(best &among, std::uint16_t i, std::uint32_t index, action does, timestamp at,
                       int its_rank) noexcept {
    const bool better =
        among.action == action::none || its_rank < among.order || (its_rank == among.order && at < among.due);
    if (!better) return;
    among.take(i, index, does, at, precedence(does));
    among.order = its_rank;
  }
  bool candidate(std::uint16_t i, std::uint32_t index, action does, timestamp at) noexcept {
    if (at >= now) return false;
    const int its_rank = rank(does, index);
    consider(its_rank == 0 ? gone : moves(does) ? moved : marked, i, index, does, at, its_rank);
    return true;
  }
  void at_once(std::uint16_t i, std::uint32_t index, action does, timestamp since) noexcept {
    consider(gone, i, index, does, since, 0);
    if (gone.rule == i && gone.entry == index) gone.has_been = true;
  }
  void restored(action does, timestamp expires) noexcept {
    if (expires < now) consider(restored_copy, no_rule, no_action, does, now, 0);
  }
  event result(const record_view &config) const noexcept {
    const bool before_marker =
        moved.action != action::none && (marked.action == action::none || day_of(moved.due) == day_of(marked.due));
    const best &chosen = gone.action != action::none     ? gone
                         : before_marker                 ? moved
                         : marked.action != action::none ? marked
                                                         : restored_copy;
    event e = chosen.result(config);
    if (chosen.has_been) e.due = now;
    return e;
  }
};

struct next_at_aws : watch_aws {
  next_at_aws(const object &o, const record_view &config, bool only_expirations) noexcept
      : watch_aws(o, config), without_moves(only_expirations) {}
  bool without_moves;
  best next;

  bool candidate(std::uint16_t i, std::uint32_t index, action does, timestamp at) noexcept {
    if (without_moves && moves(does)) return false;
    const int its_rank = rank(does, index);
    if (at < next.due || (at == next.due && at.finite() && its_rank < next.order)) {
      next.take(i, index, does, at, precedence(does));
      next.order = its_rank;
    }
    return false;
  }
  void at_once(std::uint16_t i, std::uint32_t index, action does, timestamp since) noexcept {
    candidate(i, index, does, since);
  }
  void restored(action does, timestamp expires) noexcept { candidate(no_rule, no_action, does, expires); }
  event result(const record_view &config) const noexcept { return next.result(config); }
};

}  // namespace primecloud::lifecycle
