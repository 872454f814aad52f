#include "core/lifecycle/survey.hpp"

#include "core/lifecycle/decide.hpp"
#include "core/lifecycle/restore_header.hpp"
#include "core/uri.hpp"

namespace primecloud::lifecycle {
namespace {

bool acts(const action_entry &a, timestamp at) noexcept {
  if (a.holds & action_entry::has_date) return timestamp{a.date} < at;
  if (a.holds & action_entry::marker_given) return a.holds & action_entry::marker;
  return true;
}

// t - days, or the beginning of time.
timestamp days_before(timestamp t, std::int64_t days) noexcept {
  if (!t.finite()) return t;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / microseconds_per_day;
  std::int64_t before;
  if (days > most || __builtin_sub_overflow(t.microseconds, days * microseconds_per_day, &before))
    return timestamp::minus_infinity();
  return {before};
}

}  // namespace

bool has_active_rules(const record_view &config, std::string_view prefix, timestamp at) noexcept {
  for (std::uint16_t i = 0; i < config.rules(); i++) {
    const auto r = config.rule(i);
    const auto own = config.prefix(r);
    if (!r.enabled || !(own.starts_with(prefix) || prefix.starts_with(own))) continue;
    for (std::uint32_t a = 0; a < r.actions; a++) {
      if (acts(config.action(r.first_action + a), at)) return true;
    }
  }
  return false;
}

std::optional<noncurrent_limit> find_noncurrent_limit(const record_view &config, const object &o) noexcept {
  object_tags tags(o.tags);
  for (std::uint16_t i = 0; i < config.rules(); i++) {
    const auto r = config.rule(i);
    mismatch why;
    if (o.key.empty() || !applies(config, r, o, tags, why)) continue;
    for (std::uint32_t n = 0; n < r.actions; n++) {
      const auto a = config.action(r.first_action + n);
      if (a.kind == action_entry::expire_noncurrent && a.newer_versions > 0)
        return noncurrent_limit{config.id(r), a.days, a.newer_versions};
    }
  }
  return std::nullopt;
}

timestamp cutoff(const record_view &config, timestamp at) noexcept {
  timestamp newest = timestamp::minus_infinity();
  for (std::uint16_t i = 0; i < config.rules(); i++) {
    const auto r = config.rule(i);
    if (!r.enabled) continue;
    for (std::uint32_t n = 0; n < r.actions; n++) {
      const auto a = config.action(r.first_action + n);
      if (a.kind == action_entry::abort_upload || !acts(a, at)) continue;
      const bool whenever = a.holds & (action_entry::has_date | action_entry::marker_given);
      const auto bound = whenever ? timestamp::infinity() : days_before(at, a.days);
      if (bound > newest) newest = bound;
    }
  }
  return newest;
}

bool counts_versions(const record_view &config) noexcept {
  for (std::uint16_t i = 0; i < config.rules(); i++) {
    const auto r = config.rule(i);
    for (std::uint32_t n = 0; n < r.actions; n++) {
      if (r.enabled && config.action(r.first_action + n).newer_versions > 0) return true;
    }
  }
  return false;
}

std::optional<timestamp> upload_due(const record_view &config, std::string_view key, timestamp initiated) noexcept {
  auto due = timestamp::infinity();
  object o;
  o.key = key;
  o.size = std::nullopt;  // an upload has neither size nor tags yet
  object_tags tags({});
  for (std::uint16_t i = 0; i < config.rules(); i++) {
    const auto r = config.rule(i);
    mismatch why;
    if (key.empty() || !applies(config, r, o, tags, why)) continue;
    for (std::uint32_t n = 0; n < r.actions; n++) {
      const auto a = config.action(r.first_action + n);
      if (a.kind == action_entry::abort_upload && due_after(initiated, a.days) < due)
        due = due_after(initiated, a.days);
    }
  }
  if (!due.finite()) return std::nullopt;
  return due;
}

std::optional<std::string> expiration_header(const record_view &config, const object &o, dialect whose) {
  object stored = o;
  stored.restore_expires.reset();  // of the object, not of a restored copy
  const event next = whose == dialect::aws ? predict_expiration_at_aws(config, stored) : predict(config, stored);
  const bool expires = next.action == action::remove || destroys_version(next.action);
  if (!expires || !next.due.finite() || civil_from_days(day_of(next.due)).year > 9999) return std::nullopt;
  return "expiry-date=\"" + http_date(next.due) + "\", rule-id=\"" + uri_encode(next.rule_id) + "\"";
}

}  // namespace primecloud::lifecycle
