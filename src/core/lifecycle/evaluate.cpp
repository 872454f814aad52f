#include "core/lifecycle/evaluate.hpp"

#include "core/lifecycle/decide.hpp"

namespace primecloud::lifecycle {
namespace {

// Keeps the best candidate.  Rules come in document order, so an equal one loses.
struct best {
  lifecycle::action action = action::none;
  int rank = 4;
  timestamp due = timestamp::infinity();
  std::uint16_t rule = no_rule;
  std::uint32_t entry = no_action;
  bool has_been = false;  // due ever since the object was made

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

struct best_due : best {
  explicit best_due(timestamp at) noexcept : now(at) {}
  timestamp now;
  void consider(std::uint16_t i, std::uint32_t index, lifecycle::action does, timestamp at) noexcept {
    const int its_rank = precedence(does);
    if (its_rank < rank || (its_rank == rank && at < due)) take(i, index, does, at, its_rank);
  }
  bool candidate(std::uint16_t i, std::uint32_t index, lifecycle::action does, timestamp at) noexcept {
    if (at >= now) return false;
    consider(i, index, does, at);
    return true;
  }
  // Since it was made, and therefore before whatever came later; it is told as due now.
  void at_once(std::uint16_t i, std::uint32_t index, lifecycle::action does, timestamp since) noexcept {
    consider(i, index, does, since);
    if (rule == i && entry == index) has_been = true;
  }
  event result(const record_view &config) const noexcept {
    event e = best::result(config);
    if (has_been) e.due = now;
    return e;
  }
  void restored(lifecycle::action does, timestamp expires) noexcept {
    if (expires < now) consider(no_rule, no_action, does, now);
  }
};

struct next_due : best {
  bool candidate(std::uint16_t i, std::uint32_t index, lifecycle::action does, timestamp at) noexcept {
    const int its_rank = precedence(does);
    if (at < due || (at == due && at.finite() && its_rank < rank)) take(i, index, does, at, its_rank);
    return false;
  }
  void at_once(std::uint16_t i, std::uint32_t index, lifecycle::action does, timestamp since) noexcept {
    candidate(i, index, does, since);
  }
  void restored(lifecycle::action does, timestamp expires) noexcept { candidate(no_rule, no_action, does, expires); }
};

template <bool marker, class Sink>
[[gnu::always_inline]] inline event decide(const record_view &config, const object &o, std::int64_t spared,
                                           Sink sink) noexcept {
  decision(config, o, spared, sink).template run<marker>();
  return sink.result(config);
}

// Few are delete markers.
template <class Sink>
[[gnu::noinline]] event decide_marker(const record_view &config, const object &o, std::int64_t spared,
                                      Sink sink) noexcept {
  return decide<true>(config, o, spared, sink);
}

}  // namespace

event evaluate(const record_view &config, const object &o, timestamp at, std::int64_t spared) noexcept {
  if (o.delete_marker) return decide_marker(config, o, spared, best_due(at));
  return decide<false>(config, o, spared, best_due(at));
}

event predict(const record_view &config, const object &o, std::int64_t spared) noexcept {
  if (o.delete_marker) return decide_marker(config, o, spared, next_due());
  return decide<false>(config, o, spared, next_due());
}

bool is_held(const object &o, timestamp at) noexcept {
  return !o.delete_marker && (o.legal_hold || (o.retain_until && *o.retain_until > at));
}

event evaluate_held(const record_view &config, const object &o, timestamp at, std::int64_t spared) noexcept {
  const event e = evaluate(config, o, at, spared);
  return destroys_version(e.action) && is_held(o, at) ? event{} : e;
}

std::string_view action_name(action a) noexcept {
  switch (a) {
    case action::remove: return "delete";
    case action::remove_version: return "delete_version";
    case action::transition: return "transition";
    case action::transition_version: return "transition_version";
    case action::remove_restored: return "delete_restored";
    case action::remove_restored_version: return "delete_restored_version";
    case action::remove_all_versions: return "delete_all_versions";
    case action::marker_remove_all_versions: return "del_marker_delete_all_versions";
    default: return "none";
  }
}

}  // namespace primecloud::lifecycle
