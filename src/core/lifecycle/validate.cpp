#include "core/lifecycle/validate.hpp"

#include <algorithm>
#include <set>

#include "core/lifecycle/finding.hpp"

namespace primecloud::lifecycle {
namespace {

finding check_id(const rule &r) {
  if (character_count(r.id) <= 255) return {};
  return found(refusals::long_id, "the ID has " + std::to_string(character_count(r.id)) + " characters",
               "An ID has at most 255 characters.");
}

finding check_status(const rule &r) {
  if (r.status.empty()) return found(refusals::no_status, "there is no Status", "Status is Enabled or Disabled.");
  if (r.status == "Enabled" || r.status == "Disabled") return {};
  return found(refusals::status, "Status is \"" + r.status.substr(0, 64) + "\"",
               "Status is Enabled or Disabled, written so.");
}

finding check_expiration(const rule &r) {
  if (!r.expiration) return {};
  const auto &e = *r.expiration;
  if ((e.days || e.date) && e.delete_marker) {
    return found(refusals::delete_marker, "ExpiredObjectDeleteMarker stands beside Days or Date",
                 "Give ExpiredObjectDeleteMarker a rule of its own.");
  }
  if (e.all_versions && !e.days) {
    return found(refusals::all_versions, "ExpiredObjectAllVersions stands without Days",
                 "ExpiredObjectAllVersions needs Days beside it.");
  }
  if (!e.days && !e.date && !e.delete_marker)
    return found(refusals::schema, "Expiration is empty", "Expiration holds Days, Date or ExpiredObjectDeleteMarker.");
  if (e.days && e.date)
    return found(refusals::expiration_both, "Expiration has both Days and Date", "Keep one of the two.");
  return {};
}

finding check_noncurrent_expiration(const rule &r) {
  if (!r.noncurrent_expiration) return {};
  const auto &e = *r.noncurrent_expiration;
  if (e.newer_versions < 0) {
    return found(refusals::schema, "NewerNoncurrentVersions is " + std::to_string(e.newer_versions),
                 "NewerNoncurrentVersions is 1 or greater.");
  }
  if (e.days || e.newer_versions > 0) return {};
  return found(refusals::schema, "NoncurrentVersionExpiration is empty",
               "It holds NoncurrentDays, NewerNoncurrentVersions or both.");
}

finding check_transitions(const rule &r) {
  for (const auto &t : r.transitions) {
    if (t.date && t.days)
      return found(refusals::transition_both, "Transition has both Days and Date", "Keep one of the two.");
    if (t.storage_class.empty())
      return found(refusals::schema, "Transition has no StorageClass", "Name the storage class objects move to.");
  }
  for (const auto &t : r.noncurrent_transitions) {
    if (t.storage_class.empty())
      return found(refusals::schema, "NoncurrentVersionTransition has no StorageClass",
                   "Name the storage class versions move to.");
  }
  return {};
}

finding check_actions(const rule &r) {
  if (r.marker_days && r.filter && !conditions(*r.filter).tags.empty()) {
    return found(refusals::marker_and_tags, "DelMarkerExpiration stands with a tag filter",
                 "A delete marker has no tags: filter by prefix.");
  }
  const bool acts = r.expiration || r.noncurrent_expiration || r.marker_days || r.abort_days ||
                    !r.transitions.empty() || !r.noncurrent_transitions.empty();
  if (acts) return {};
  return found(refusals::schema, "the rule has no action",
               "Give it Expiration, Transition, NoncurrentVersionExpiration, NoncurrentVersionTransition, "
               "DelMarkerExpiration or AbortIncompleteMultipartUpload.");
}

}  // namespace

const predicates &conditions(const filter &f) noexcept { return f.both ? *f.both : f.own; }

std::size_t predicate_count(const predicates &p) noexcept {
  return p.tags.size() + (p.prefix ? 1 : 0) + (p.size_greater_than != 0 || p.greater_than_zero ? 1 : 0) +
         (p.size_less_than != 0 ? 1 : 0);
}

std::size_t character_count(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void assign_ids(configuration &c) {
  std::set<std::string> taken;
  for (const auto &r : c.rules) taken.insert(r.id);
  for (std::size_t i = 0; i < c.rules.size(); i++) {
    if (!c.rules[i].id.empty()) continue;
    const std::string name = "rule-" + std::to_string(i + 1);
    std::string free = name;
    for (int n = 2; !taken.insert(free).second; n++) free = name + "-" + std::to_string(n);
    c.rules[i].id = std::move(free);
  }
}

finding find_problem(const configuration &c) {
  if (c.rules.size() > most_rules) {
    return found(refusals::too_many_rules, "there are " + std::to_string(c.rules.size()) + " rules",
                 "A bucket has at most 1000 rules.");
  }
  if (c.rules.empty())
    return found(refusals::no_rule, "there is no rule",
                 "A bucket without rules has no lifecycle configuration at all: use NULL.");
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < c.rules.size(); i++) {
    for (const auto check : {check_id, check_status, check_expiration, check_noncurrent_expiration, check_filter,
                             check_transitions, check_actions, check_keyless_tag}) {
      if (auto wrong = check(c.rules[i])) {
        wrong->rule = i + 1;
        wrong->id = c.rules[i].id.substr(0, 255);
        return wrong;
      }
    }
  }
  for (std::size_t i = 0; i < c.rules.size(); i++) {
    if (ids.insert(c.rules[i].id).second) continue;
    auto wrong =
        found(refusals::same_ids, "an earlier rule has the same ID", "Give every rule an ID of its own, or none.");
    wrong->rule = i + 1;
    wrong->id = c.rules[i].id;
    return wrong;
  }
  return {};
}

}  // namespace primecloud::lifecycle
