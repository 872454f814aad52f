// The one place where rules meet an object: evaluation, prediction and
// explanation all watch the same decisions, of MinIO or of AWS, through a sink.
//
//   sink.unmatched(position, rule, reason)
//   sink.passed_over(position, action_index, reason)  matched, but says nothing about this object
//   sink.candidate(position, action_index, action, due)    true if it is due
//   sink.at_once(position, action_index, action, since)    whatever the time
//   sink.restored(action, expires)                         no rule: the copy's own time
//
// A sink that wants only what is due at a time looks at the due dates itself.
#pragma once

#include "core/lifecycle/applies.hpp"
#include "core/lifecycle/stays.hpp"

namespace primecloud::lifecycle {

template <class Sink, dialect whose>
class decision {
 public:
  // `spared`: noncurrent versions, newer than this one, that stay.
  decision(const record_view &config, const object &o, std::int64_t spared, Sink &sink) noexcept
      : config_(config), o_(o), spared_(spared), sink_(sink) {}

  void run() { o_.delete_marker ? run<true>() : run<false>(); }

  // Of a delete marker, or of an object: apart, so that the latter is a tight loop.
  template <bool marker>
  [[gnu::always_inline]] void run() {
    if (!o_.mod_time || !o_.mod_time->finite() || o_.key.empty()) return;
    if (o_.restore_expires && o_.restore_expires->finite()) {
      sink_.restored(o_.is_latest ? action::remove_restored : action::remove_restored_version, *o_.restore_expires);
    }
    const auto rules = config_.rules();
    object_tags tags(o_.tags, whose);
    for (std::uint16_t i = 0; i < rules; i++) {
      const auto r = config_.rule(i);
      mismatch why;
      if (!applies<whose>(config_, r, o_, tags, why)) {
        sink_.unmatched(i, r, why);
        continue;
      }
      if constexpr (marker) {
        consider_marker(i, r);
      } else {
        for (std::uint32_t a = r.first_action; a < r.first_action + r.actions; a++)
          consider(i, r, a, config_.action(a));
      }
    }
  }

 private:
  static constexpr bool aws = whose == dialect::aws;

  [[gnu::always_inline]] void consider(std::uint16_t i, const rule_entry r, std::uint32_t index, const action_entry a) {
    const auto pass = [&](passed why) { sink_.passed_over(i, index, why); };
    switch (a.kind) {
      case action_entry::expire:
        if (a.holds & action_entry::marker_given) return pass(passed::for_sole_markers);
        if (!o_.is_latest) return pass(passed::for_latest);
        if (unknown_in<whose>(a)) return pass(passed::unknown_to_aws);
        sink_.candidate(i, index, a.holds & action_entry::all_versions ? action::remove_all_versions : action::remove,
                        when(a));
        return;
      case action_entry::move:
        if (!o_.is_latest) return pass(passed::for_latest);
        if (const auto why = stays<whose>(config_, o_, r, index)) return pass(*why);
        sink_.candidate(i, index, action::transition, when(a));
        return;
      case action_entry::expire_noncurrent: return consider_noncurrent(i, index, a, action::remove_version);
      case action_entry::move_noncurrent:
        if (o_.is_latest) return pass(passed::for_noncurrent);
        if (const auto why = stays<whose>(config_, o_, r, index)) return pass(*why);
        return consider_noncurrent(i, index, a, action::transition_version);
      case action_entry::expire_marker:
        return pass(unknown_in<whose>(a) ? passed::unknown_to_aws : passed::for_markers);
      default: return pass(passed::for_uploads);
    }
  }

  void consider_noncurrent(std::uint16_t i, std::uint32_t index, const action_entry a, action does) {
    const auto pass = [&](passed why) { sink_.passed_over(i, index, why); };
    if (o_.is_latest) return pass(passed::for_noncurrent);
    if (!o_.successor_mod_time || !o_.successor_mod_time->finite()) return pass(passed::successor_unknown);
    const bool counts = aws || does == action::remove_version;  // MinIO moves all of them
    if (counts && a.newer_versions > 0 && spared_ < a.newer_versions) return pass(passed::spared);
    sink_.candidate(i, index, does, due_in<whose>(*o_.successor_mod_time, a.days));
  }

  void consider_marker(std::uint16_t i, const rule_entry r) {
    const bool sole = o_.num_versions == 1;
    bool marker_rule = false;
    for (std::uint32_t index = r.first_action; index < r.first_action + r.actions; index++) {
      const auto a = config_.action(index);
      if (a.kind == action_entry::expire && sole && !unknown_in<whose>(a)) {
        if (a.holds & action_entry::marker) {
          sink_.at_once(i, index, action::remove_version, *o_.mod_time);
        } else if (a.holds & action_entry::has_days) {
          sink_.candidate(i, index, action::remove_version, due_in<whose>(*o_.mod_time, a.days));
        } else if (aws && a.holds & action_entry::has_date) {
          sink_.candidate(i, index, action::remove_version, {a.date});
        }
      }
      if (!aws && a.kind == action_entry::expire_marker && o_.is_latest) marker_rule = true;
    }
    for (std::uint32_t index = r.first_action; index < r.first_action + r.actions; index++) {
      const auto a = config_.action(index);
      const auto pass = [&](passed why) { sink_.passed_over(i, index, why); };
      switch (a.kind) {
        case action_entry::expire:
          if (unknown_in<whose>(a))
            pass(passed::unknown_to_aws);
          else if (!sole)
            pass(passed::for_sole_markers);
          else if (!aws && a.holds & action_entry::has_date)
            pass(passed::for_objects);
          else if (!(a.holds & (action_entry::has_date | action_entry::has_days | action_entry::marker)))
            pass(passed::marker_said_false);
          break;
        case action_entry::expire_marker:
          if (unknown_in<whose>(a))
            pass(passed::unknown_to_aws);
          else if (o_.is_latest)
            sink_.candidate(i, index, action::marker_remove_all_versions, due_in<whose>(*o_.mod_time, a.days));
          else
            pass(passed::for_markers);
          break;
        case action_entry::expire_noncurrent:
          if (marker_rule)
            pass(passed::marker_decides);
          else
            consider_noncurrent(i, index, a, action::remove_version);
          break;
        case action_entry::abort_upload: pass(passed::for_uploads); break;
        default: pass(passed::for_objects);
      }
    }
  }

  timestamp when(const action_entry &a) const noexcept {
    return a.holds & action_entry::has_date ? timestamp{a.date} : due_in<whose>(*o_.mod_time, a.days);
  }

  const record_view config_;
  const object &o_;
  const std::int64_t spared_;
  Sink &sink_;
};

}  // namespace primecloud::lifecycle
