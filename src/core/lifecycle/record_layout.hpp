// The entries of a record, byte by byte (core/lifecycle/record.hpp).
#pragma once

#include <cstdint>

namespace primecloud::lifecycle {

struct record_header {
  std::uint32_t magic;
  std::uint8_t version;
  std::uint8_t written;  // minimum_size in the two low bits, dialect in the two above; 0 is neither
  std::uint16_t rules;
  std::uint32_t actions, tags, text_bytes;
  static constexpr std::uint32_t expected_magic = 0x434C'4350;  // "PCLC" where it was written
  static constexpr std::uint8_t current_version = 1;
};

struct rule_entry {
  std::uint32_t prefix_at, id_at;
  std::uint16_t prefix_length, id_length;
  std::uint8_t enabled;
  std::uint8_t written;  // how the document said it, see below
  std::uint16_t tags;
  std::uint32_t first_tag, first_action;
  std::uint16_t actions, reserved[3];
  std::int64_t size_greater_than, size_less_than;

  enum : std::uint8_t {
    rule_prefix = 1,
    has_filter = 2,
    filter_prefix = 4,
    has_and = 8,
    and_prefix = 16,
    text_is_rule_prefix = 32,
    greater_than_zero = 64
  };
};

struct action_entry {
  std::uint8_t kind;
  std::uint8_t holds;
  std::uint16_t class_length;
  std::uint32_t class_at;
  std::int64_t days, date, newer_versions;  // date in microseconds, as timestamp

  enum kinds : std::uint8_t { expire = 1, move, expire_noncurrent, move_noncurrent, expire_marker, abort_upload };
  enum : std::uint8_t {
    has_days = 1,
    has_date = 2,
    marker_given = 4,
    marker = 8,
    all_versions_given = 16,
    all_versions = 32
  };
};

struct tag_entry {
  std::uint32_t key_at, value_at;
  std::uint16_t key_length, value_length, reserved[2];
};

static_assert(sizeof(record_header) == 20 && sizeof(rule_entry) == 48 && sizeof(action_entry) == 32 &&
              sizeof(tag_entry) == 16);

}  // namespace primecloud::lifecycle
