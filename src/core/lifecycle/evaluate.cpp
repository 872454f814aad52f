#include "core/lifecycle/evaluate.hpp"

#include "core/lifecycle/best.hpp"
#include "core/lifecycle/best_of_aws.hpp"

namespace primecloud::lifecycle {
namespace {

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

template <dialect whose, bool marker, class Sink>
[[gnu::always_inline]] inline event decide(const record_view &config, const object &o, std::int64_t spared,
                                           Sink sink) noexcept {
  decision<Sink, whose>(config, o, spared, sink).template run<marker>();
  return sink.result(config);
}

// Few are delete markers.
template <dialect whose, class Sink>
[[gnu::noinline]] event decide_marker(const record_view &config, const object &o, std::int64_t spared,
                                      Sink sink) noexcept {
  return decide<whose, true>(config, o, spared, sink);
}

template <class Sink>
[[gnu::noinline]] event decide_as_aws(const record_view &config, const object &o, std::int64_t spared,
                                      Sink sink) noexcept {
  return o.delete_marker ? decide<dialect::aws, true>(config, o, spared, sink)
                         : decide<dialect::aws, false>(config, o, spared, sink);
}

}  // namespace

event evaluate(const record_view &config, const object &o, timestamp at, std::int64_t spared, dialect whose) noexcept {
  if (whose == dialect::aws) return decide_as_aws(config, o, spared, due_at_aws(o, config, at));
  if (o.delete_marker) return decide_marker<dialect::minio>(config, o, spared, best_due(at));
  return decide<dialect::minio, false>(config, o, spared, best_due(at));
}

event predict(const record_view &config, const object &o, std::int64_t spared, dialect whose) noexcept {
  if (whose == dialect::aws) return decide_as_aws(config, o, spared, next_at_aws(o, config, false));
  if (o.delete_marker) return decide_marker<dialect::minio>(config, o, spared, next_due());
  return decide<dialect::minio, false>(config, o, spared, next_due());
}

event predict_expiration_at_aws(const record_view &config, const object &o) noexcept {
  return decide_as_aws(config, o, 0, next_at_aws(o, config, true));
}

bool is_held(const object &o, timestamp at) noexcept {
  return !o.delete_marker && (o.legal_hold || (o.retain_until && *o.retain_until > at));
}

event evaluate_held(const record_view &config, const object &o, timestamp at, std::int64_t spared,
                    dialect whose) noexcept {
  const event e = evaluate(config, o, at, spared, whose);
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
