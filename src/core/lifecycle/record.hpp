// A configuration as it is stored: one flat run of bytes, read in place.
//
//   header | rules | actions | tags | texts
//
// Every entry has a fixed size and names its texts by offset, so nothing is parsed
// and nothing is allocated to evaluate it.  Offsets are checked once, by decode(),
// before a value may exist; a record_view trusts them.  The bytes have no
// alignment of their own (a server keeps short values unaligned) and are copied
// out entry by entry.  Equal configurations have equal bytes.
#pragma once

#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "core/lifecycle/configuration.hpp"
#include "core/lifecycle/record_layout.hpp"

namespace primecloud::lifecycle {

using bytes = std::span<const std::uint8_t>;

class record_view {
 public:
  explicit record_view(bytes record) noexcept : base_(record.data()) {
    const auto header = load<record_header>(base_);
    rules_ = header.rules;
    written_ = header.written;
    actions_at_ = base_ + sizeof header + sizeof(rule_entry) * header.rules;
    tags_at_ = actions_at_ + sizeof(action_entry) * header.actions;
    texts_at_ = reinterpret_cast<const char *>(tags_at_ + sizeof(tag_entry) * header.tags);
  }

  std::uint16_t rules() const noexcept { return rules_; }
  std::optional<lifecycle::minimum_size> written_minimum_size() const noexcept {
    return known<lifecycle::minimum_size>(written_ & 3);
  }
  // What AWS does with small objects if nothing is said.
  lifecycle::minimum_size small_objects() const noexcept {
    return written_minimum_size().value_or(lifecycle::minimum_size::all_storage_classes_128k);
  }
  std::optional<lifecycle::dialect> written_dialect() const noexcept {
    return known<lifecycle::dialect>(written_ >> 2);
  }
  rule_entry rule(std::uint16_t i) const noexcept {
    const auto *at = base_ + sizeof(record_header) + sizeof(rule_entry) * i;
    rule_entry r;
    copy(r, at, r.prefix_at, r.id_at, r.prefix_length, r.id_length, r.enabled, r.written, r.tags, r.first_tag,
         r.first_action, r.actions, r.size_greater_than, r.size_less_than);
    return r;
  }
  action_entry action(std::uint32_t i) const noexcept {
    const auto *at = actions_at_ + sizeof(action_entry) * i;
    action_entry a;
    copy(a, at, a.kind, a.holds, a.class_length, a.class_at, a.days, a.date, a.newer_versions);
    return a;
  }
  tag_entry tag(std::uint32_t i) const noexcept {
    const auto *at = tags_at_ + sizeof(tag_entry) * i;
    tag_entry t;
    copy(t, at, t.key_at, t.value_at, t.key_length, t.value_length);
    return t;
  }

  std::string_view text(std::uint32_t at, std::uint16_t length) const noexcept { return {texts_at_ + at, length}; }
  std::string_view prefix(const rule_entry &r) const noexcept { return text(r.prefix_at, r.prefix_length); }
  std::string_view id(const rule_entry &r) const noexcept { return text(r.id_at, r.id_length); }
  std::string_view storage_class(const action_entry &a) const noexcept { return text(a.class_at, a.class_length); }
  std::string_view key(const tag_entry &t) const noexcept { return text(t.key_at, t.key_length); }
  std::string_view value(const tag_entry &t) const noexcept { return text(t.value_at, t.value_length); }

 private:
  // Both enumerations know 1 and 2.
  template <class Enumeration>
  static std::optional<Enumeration> known(int value) noexcept {
    return value == 1 || value == 2 ? std::optional(static_cast<Enumeration>(value)) : std::nullopt;
  }
  template <class Entry>
  static Entry load(const std::uint8_t *from) noexcept {
    Entry entry;
    std::memcpy(&entry, from, sizeof entry);
    return entry;
  }
  // Field by field, so that what a caller does not look at is not read: copied whole,
  // an entry goes through memory, and that costs more than all the rest.
  template <class Entry, class... Fields>
  [[gnu::always_inline]] static void copy(Entry &entry, const std::uint8_t *from, Fields &...fields) noexcept {
    const auto *start = reinterpret_cast<const std::uint8_t *>(&entry);
    (std::memcpy(&fields, from + (reinterpret_cast<const std::uint8_t *>(&fields) - start), sizeof fields), ...);
  }
  const std::uint8_t *base_, *actions_at_, *tags_at_;
  const char *texts_at_;
  std::uint16_t rules_;
  std::uint8_t written_;
};

// The record of a valid configuration.
std::vector<std::uint8_t> encode(const configuration &c);

// The configuration of a record from anywhere.  Throws `refused` unless the bytes
// are exactly what encode() makes of a valid configuration.
configuration decode(bytes record);

// The configuration of a record that decode() has passed once.
configuration decode_trusted(bytes record);

// The most bytes that the canonical JSON of a configuration may take, so that
// whatever was accepted can be dumped and restored.
inline constexpr std::size_t longest_canonical = 1 << 20;

}  // namespace primecloud::lifecycle
