// What sinks keep while they watch a decision.
#pragma once

#include "core/lifecycle/decide.hpp"

namespace primecloud::lifecycle {

// Keeps the best candidate.  Rules come in document order, so an equal one loses.
struct best {
  lifecycle::action action = action::none;
  int rank = 4;
  timestamp due = timestamp::infinity();
  std::uint16_t rule = no_rule;
  std::uint32_t entry = no_action;
  bool has_been = false;  // due ever since the object was made
  int order = 1000;       // where it stands to AWS

  void take(std::uint16_t i, std::uint32_t index, lifecycle::action does, timestamp at, int its_rank) noexcept {
    action = does, rank = its_rank, due = at, rule = i, entry = index, has_been = false;
  }
  event result(const record_view &config) const noexcept {
    event e;
    if (action == action::none) return e;
    e.action = action;
    e.due = due;
    if (rule != no_rule) e.rule_id = config.id(config.rule(rule));
    if (entry != no_action && rank == 2) e.storage_class = config.storage_class(config.action(entry));
    return e;
  }
  void unmatched(std::uint16_t, const rule_entry &, mismatch) noexcept {}
  void passed_over(std::uint16_t, std::uint32_t, passed) noexcept {}
};

}  // namespace primecloud::lifecycle
