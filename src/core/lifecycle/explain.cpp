#include "core/lifecycle/explain.hpp"

#include <algorithm>

#include "core/lifecycle/calendar.hpp"
#include "core/lifecycle/decide.hpp"
#include "core/lifecycle/reasons.hpp"

namespace primecloud::lifecycle {
namespace {

// What an action would do, told of one that says nothing about the object.
action action_of(const action_entry &a) noexcept {
  switch (a.kind) {
    case action_entry::expire:
      return a.holds & action_entry::all_versions   ? action::remove_all_versions
             : a.holds & action_entry::marker_given ? action::remove_version
                                                    : action::remove;
    case action_entry::move: return action::transition;
    case action_entry::expire_noncurrent: return action::remove_version;
    case action_entry::move_noncurrent: return action::transition_version;
    case action_entry::expire_marker: return action::marker_remove_all_versions;
    default: return action::none;
  }
}

class explainer {
 public:
  explainer(const record_view &config, const object &o, timestamp at, std::int64_t spared, dialect whose)
      : config_(config), o_(o), at_(at), spared_(spared), whose_(whose) {}

  void unmatched(std::uint16_t i, const rule_entry &r, mismatch why) {
    add(i, config_.id(r), false, action::none).reason = why_not(config_, r, o_, why, whose_);
  }
  void passed_over(std::uint16_t i, std::uint32_t index, passed why) {
    const auto a = config_.action(index);
    auto &told = add(i, config_.id(config_.rule(i)), true, action_of(a));
    told.storage_class = config_.storage_class(a);
    told.reason = why_passed(config_, a, o_, why, spared_);
  }
  bool candidate(std::uint16_t i, std::uint32_t index, action does, timestamp due) {
    auto &told = add(i, config_.id(config_.rule(i)), true, does);
    if (moves(does)) told.storage_class = config_.storage_class(config_.action(index));
    told.due = due;
    const bool is_due = due < at_;
    told.reason = due == timestamp::infinity() ? "never due: the days reach beyond the end of time"
                  : is_due                     ? "due"
                                               : "not due yet";
    return is_due;
  }
  void at_once(std::uint16_t i, std::uint32_t, action does, timestamp) {
    auto &told = add(i, config_.id(config_.rule(i)), true, does);
    told.due = at_;
    told.reason = "due";
  }
  void restored(action does, timestamp expires) {
    auto &told = add(-1, {}, true, does);
    told.due = expires < at_ ? at_ : expires;
    told.reason = expires < at_ ? "due" : "not due yet";
  }

  std::vector<explanation> finish() {
    const event chosen = evaluate(config_, o_, at_, spared_, whose_);
    bool found = chosen.action == action::none;
    for (auto &told : all_) {
      if (told.reason != "due") continue;
      const bool same = told.action == chosen.action && told.due == chosen.due && told.rule_id == chosen.rule_id &&
                        told.storage_class == chosen.storage_class;
      if (!found && same) {
        found = told.chosen = true;
        if (destroys_version(told.action) && is_held(o_, at_))
          told.chosen = false, told.reason = "due, but the version is under legal hold or retention";
      } else {
        const weighed lost{told.action, *told.due, told.storage_class};
        told.reason =
            whose_ == dialect::aws ? why_lost_at_aws(lost, chosen, expires_for_good(o_)) : why_lost(lost, chosen);
      }
    }
    return std::move(all_);
  }

 private:
  explanation &add(int i, std::string_view id, bool matches, action does) {
    all_.push_back({i + 1, id, matches, does, {}, {}, false, {}});
    return all_.back();
  }
  const record_view &config_;
  const object &o_;
  const timestamp at_;
  const std::int64_t spared_;
  const dialect whose_;
  std::vector<explanation> all_;
};

}  // namespace

std::vector<explanation> explain(const record_view &config, const object &o, timestamp at, std::int64_t spared,
                                 dialect whose) {
  if (!o.mod_time || !o.mod_time->finite() || o.key.empty()) {
    const char *reason = o.key.empty() ? "the object has no key: nothing applies"
                                       : "the time the object was last modified is not known: nothing is due";
    return {{0, {}, false, action::none, {}, {}, false, reason}};
  }
  explainer sink(config, o, at, spared, whose);
  if (whose == dialect::aws)
    decision<explainer, dialect::aws>(config, o, spared, sink).run();
  else
    decision<explainer, dialect::minio>(config, o, spared, sink).run();
  auto told = sink.finish();
  // A delete marker's actions are weighed out of order; they are told rule by rule.
  std::stable_sort(told.begin(), told.end(), [](const auto &a, const auto &b) { return a.position < b.position; });
  return told;
}

}  // namespace primecloud::lifecycle
