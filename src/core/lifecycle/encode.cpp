// Configuration to record.
#include "core/lifecycle/record.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

class encoder {
 public:
  std::vector<std::uint8_t> run(const configuration &c) {
    for (const auto &r : c.rules) add(r);
    record_header header{};
    header.magic = record_header::expected_magic;
    header.version = record_header::current_version;
    header.written = static_cast<std::uint8_t>((c.minimum_size ? static_cast<int>(*c.minimum_size) : 0) |
                                               (c.dialect ? static_cast<int>(*c.dialect) << 2 : 0));
    header.rules = static_cast<std::uint16_t>(rules_.size());
    header.actions = static_cast<std::uint32_t>(actions_.size());
    header.tags = static_cast<std::uint32_t>(tags_.size());
    header.text_bytes = static_cast<std::uint32_t>(texts_.size());

    std::vector<std::uint8_t> out;
    append(out, &header, sizeof header);
    append(out, rules_.data(), rules_.size() * sizeof(rule_entry));
    append(out, actions_.data(), actions_.size() * sizeof(action_entry));
    append(out, tags_.data(), tags_.size() * sizeof(tag_entry));
    append(out, texts_.data(), texts_.size());
    return out;
  }

 private:
  static void append(std::vector<std::uint8_t> &out, const void *from, std::size_t size) {
    const auto *first = static_cast<const std::uint8_t *>(from);
    if (size > 0) out.insert(out.end(), first, first + size);
  }

  void put(std::string_view text, std::uint32_t &at, std::uint16_t &length) {
    at = static_cast<std::uint32_t>(texts_.size());
    length = static_cast<std::uint16_t>(text.size());
    texts_.append(text);
  }

  void add(const rule &r) {
    rule_entry entry{};
    entry.enabled = r.status == "Enabled";
    put(r.id, entry.id_at, entry.id_length);
    entry.first_tag = static_cast<std::uint32_t>(tags_.size());
    add_filter(r, entry);
    entry.tags = static_cast<std::uint16_t>(tags_.size() - entry.first_tag);
    entry.first_action = static_cast<std::uint32_t>(actions_.size());
    add_actions(r);
    entry.actions = static_cast<std::uint16_t>(actions_.size() - entry.first_action);
    rules_.push_back(entry);
  }

  void add_filter(const rule &r, rule_entry &entry) {
    std::string_view prefix;
    if (r.prefix) {
      entry.written |= rule_entry::rule_prefix;
      prefix = *r.prefix;
      if (!prefix.empty()) entry.written |= rule_entry::text_is_rule_prefix;
    }
    if (r.filter) {
      entry.written |= rule_entry::has_filter;
      if (r.filter->both) entry.written |= rule_entry::has_and;
      const auto &p = conditions(*r.filter);
      if (p.prefix) {
        entry.written |= r.filter->both ? rule_entry::and_prefix : rule_entry::filter_prefix;
        if (prefix.empty()) prefix = *p.prefix;
      }
      if (p.greater_than_zero) entry.written |= rule_entry::greater_than_zero;
      entry.size_greater_than = p.size_greater_than;
      entry.size_less_than = p.size_less_than;
      for (const auto &t : p.tags) {
        tag_entry one{};
        put(t.key, one.key_at, one.key_length);
        put(t.value, one.value_at, one.value_length);
        tags_.push_back(one);
      }
    }
    put(prefix, entry.prefix_at, entry.prefix_length);
  }

  action_entry &action(action_entry::kinds kind, const std::optional<std::int64_t> &days) {
    action_entry entry{};
    entry.kind = kind;
    if (days) {
      entry.holds = action_entry::has_days;
      entry.days = *days;
    }
    actions_.push_back(entry);
    return actions_.back();
  }

  void add_actions(const rule &r) {
    if (const auto &e = r.expiration) {
      auto &entry = action(action_entry::expire, e->days);
      if (e->date) entry.holds |= action_entry::has_date, entry.date = e->date->microseconds;
      if (e->delete_marker) entry.holds |= action_entry::marker_given | (*e->delete_marker ? action_entry::marker : 0);
      if (e->all_versions)
        entry.holds |= action_entry::all_versions_given | (*e->all_versions ? action_entry::all_versions : 0);
    }
    for (const auto &t : r.transitions) {
      auto &entry = action(action_entry::move, t.days);
      if (t.date) entry.holds |= action_entry::has_date, entry.date = t.date->microseconds;
      put(t.storage_class, entry.class_at, entry.class_length);
    }
    if (const auto &e = r.noncurrent_expiration)
      action(action_entry::expire_noncurrent, e->days).newer_versions = e->newer_versions;
    for (const auto &t : r.noncurrent_transitions) {
      auto &entry = action(action_entry::move_noncurrent, t.days);
      entry.newer_versions = t.newer_versions;
      put(t.storage_class, entry.class_at, entry.class_length);
    }
    if (r.marker_days) action(action_entry::expire_marker, r.marker_days);
    if (r.abort_days) action(action_entry::abort_upload, r.abort_days);
  }

  std::vector<rule_entry> rules_;
  std::vector<action_entry> actions_;
  std::vector<tag_entry> tags_;
  std::string texts_;
};

}  // namespace

std::vector<std::uint8_t> encode(const configuration &c) { return encoder{}.run(c); }

}  // namespace primecloud::lifecycle
