// Record to configuration.  Bytes from a client are believed in nothing: every
// offset is checked before it is followed, and in the end the bytes must be
// exactly those the configuration would be written as.
#include <algorithm>

#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/record.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

[[noreturn]] void damaged(const char *what) {
  throw refused{{refusals::schema, std::string("not a lifecycle record: ") + what,
                 "Send what lifecycle_send gave, or use the text form."}};
}

record_header checked_header(bytes record) {
  record_header header;
  if (record.size() < sizeof header) damaged("it is too short");
  std::memcpy(&header, record.data(), sizeof header);
  if (header.magic != record_header::expected_magic)
    damaged("it does not start like one, or comes from a machine of another byte order");
  if (header.version != record_header::current_version) damaged("its version is not known here");
  const std::uint64_t size = sizeof header + std::uint64_t{header.rules} * sizeof(rule_entry) +
                             std::uint64_t{header.actions} * sizeof(action_entry) +
                             std::uint64_t{header.tags} * sizeof(tag_entry) + header.text_bytes;
  if (size != record.size()) damaged("its length is not what its header says");
  return header;
}

// Every text must begin where the one before it ended, and every rule own the
// next tags and actions: so nothing lies outside, nothing is told twice, and
// reading costs no more than the bytes are worth.
class place_checker {
 public:
  explicit place_checker(bytes record) : header_(checked_header(record)), view_(record) {}

  void run() {
    if (header_.rules > most_rules) damaged("it has too many rules");
    for (std::uint16_t i = 0; i < header_.rules; i++) check(view_.rule(i));
    if (texts_ != header_.text_bytes || tags_ != header_.tags || actions_ != header_.actions)
      damaged("a part of it belongs to no rule");
  }

 private:
  void check(const rule_entry &r) {
    if (r.first_tag != tags_ || r.tags > header_.tags - tags_ || r.first_action != actions_ ||
        r.actions > header_.actions - actions_) {
      damaged("a rule points outside its own");
    }
    text(r.id_at, r.id_length);
    for (std::uint32_t i = 0; i < r.tags; i++) {
      const auto t = view_.tag(tags_++);
      text(t.key_at, t.key_length);
      text(t.value_at, t.value_length);
    }
    text(r.prefix_at, r.prefix_length);
    for (std::uint32_t i = 0; i < r.actions; i++) {
      const auto a = view_.action(actions_++);
      const bool moves = a.kind == action_entry::move || a.kind == action_entry::move_noncurrent;
      if (moves) text(a.class_at, a.class_length);
      if (!moves && (a.class_at != 0 || a.class_length != 0)) damaged("an action has a text it does not use");
    }
  }
  void text(std::uint32_t at, std::uint16_t length) {
    if (at != texts_ || length > header_.text_bytes - texts_) damaged("a text lies outside its place");
    if (length > longest_text) damaged("a text is too long");
    if (!is_document_text(view_.text(at, length))) damaged("a text is not UTF-8 that XML can hold");
    texts_ += length;
  }

  const record_header header_;
  const record_view view_;
  std::uint32_t texts_ = 0, tags_ = 0, actions_ = 0;
};

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
  place_checker(record).run();
  auto c = decode_trusted(record);
  check_values(c);
  check_configuration(c);
  const auto canonical = encode(c);
  if (!std::equal(canonical.begin(), canonical.end(), record.begin(), record.end()))
    damaged("it is not in canonical form");
  return c;
}

}  // namespace primecloud::lifecycle
