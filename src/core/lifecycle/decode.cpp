// Record to configuration.  Bytes from a client are believed in nothing: every
// offset is checked before it is followed, and in the end the bytes must be
// exactly those the configuration would be written as.
#include <algorithm>

#include "core/lifecycle/check_places.hpp"
#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/record.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

void decode_filter(const record_view &view, const rule_entry &r, rule &into) {
  const std::string prefix(view.prefix(r));
  const bool in_rule = r.written & rule_entry::text_is_rule_prefix;
  if (r.written & rule_entry::rule_prefix) into.prefix = in_rule ? prefix : "";
  if (!(r.written & rule_entry::has_filter)) return;
  auto &f = into.filter.emplace();
  if (r.written & rule_entry::has_and) f.both.emplace();
  auto &p = f.both ? *f.both : f.own;
  if (r.written & (rule_entry::filter_prefix | rule_entry::and_prefix)) p.prefix = in_rule ? "" : prefix;
  p.size_greater_than = r.size_greater_than;
  p.size_less_than = r.size_less_than;
  p.greater_than_zero = r.written & rule_entry::greater_than_zero;
  for (std::uint32_t i = 0; i < r.tags; i++) {
    const auto t = view.tag(r.first_tag + i);
    p.tags.push_back({std::string(view.key(t)), std::string(view.value(t))});
  }
}

void decode_action(const record_view &view, const action_entry &a, rule &into) {
  const auto days = a.holds & action_entry::has_days ? std::optional(a.days) : std::nullopt;
  const auto date = a.holds & action_entry::has_date ? std::optional(timestamp{a.date}) : std::nullopt;
  const auto all_versions = a.holds & action_entry::all_versions_given
                                ? std::optional((a.holds & action_entry::all_versions) != 0)
                                : std::nullopt;
  const auto marker =
      a.holds & action_entry::marker_given ? std::optional((a.holds & action_entry::marker) != 0) : std::nullopt;
  std::string storage_class(view.storage_class(a));
  switch (a.kind) {
    case action_entry::expire: into.expiration = expiration{days, date, marker, all_versions}; return;
    case action_entry::move: into.transitions.push_back({days, date, std::move(storage_class)}); return;
    case action_entry::expire_noncurrent:
      into.noncurrent_expiration = noncurrent_expiration{days, a.newer_versions};
      return;
    case action_entry::move_noncurrent:
      into.noncurrent_transitions.push_back({days, a.newer_versions, std::move(storage_class)});
      return;
    case action_entry::expire_marker: into.marker_days = days; return;
    case action_entry::abort_upload: into.abort_days = days; return;
    default: damaged("it has an unknown action");
  }
}

// What the readers refuse value by value.
void check_values(const configuration &c) {
  const auto at_least = [](const std::optional<std::int64_t> &n, std::int64_t least) { return !n || *n >= least; };
  const auto midnight = [](const std::optional<timestamp> &d) { return !d || is_document_date(*d); };
  for (const auto &r : c.rules) {
    bool good = at_least(r.marker_days, 1) && at_least(r.abort_days, 1);
    if (r.filter) {
      const auto &p = conditions(*r.filter);
      good = good && (!p.greater_than_zero || p.size_greater_than == 0);
    }
    if (r.expiration) good = good && at_least(r.expiration->days, 1) && midnight(r.expiration->date);
    if (r.noncurrent_expiration) good = good && at_least(r.noncurrent_expiration->days, 1);
    for (const auto &t : r.transitions) good = good && at_least(t.days, 0) && midnight(t.date) && (t.days || t.date);
    for (const auto &t : r.noncurrent_transitions) good = good && t.days && *t.days >= 0 && t.newer_versions >= 0;
    if (!good) damaged("a number or a date in it is out of range");
  }
}

}  // namespace

configuration decode_trusted(bytes record) {
  const record_view view(record);
  configuration c;
  c.minimum_size = view.written_minimum_size();
  c.dialect = view.written_dialect();
  c.rules.resize(view.rules());
  for (std::uint16_t i = 0; i < view.rules(); i++) {
    const auto entry = view.rule(i);
    auto &r = c.rules[i];
    r.id = view.id(entry);
    r.status = entry.enabled ? "Enabled" : "Disabled";
    decode_filter(view, entry, r);
    for (std::uint32_t a = 0; a < entry.actions; a++) decode_action(view, view.action(entry.first_action + a), r);
  }
  return c;
}

configuration decode(bytes record) {
  if (record.size() > longest_record) damaged("it is too long");
  check_places(record);
  auto c = decode_trusted(record);
  check_values(c);
  check_configuration(c);
  const auto canonical = encode(c);
  if (!std::equal(canonical.begin(), canonical.end(), record.begin(), record.end()))
    damaged("it is not in canonical form");
  return c;
}

}  // namespace primecloud::lifecycle
