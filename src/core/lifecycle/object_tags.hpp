// The tags of an object, from the query string they are kept in.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/lifecycle/dialect.hpp"

namespace primecloud::lifecycle {

constexpr bool is_ascii(std::string_view text) noexcept {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

// Read at most once for an object, and in place: only what is percent-encoded is
// decoded, into storage of a fixed size, since S3 allows ten tags of 128 and 256
// characters.  A set that breaks a rule (a repeated or empty key, an eleventh tag, a
// character outside letters, digits, blank and +-=._:/@) is unusable, and matches no
// tag filter.  Letters are those of ASCII to MinIO, and of any script to AWS: what is
// beyond ASCII is a letter then.  The query is the caller's.
class object_tags {
 public:
  explicit object_tags(std::string_view query, dialect whose = dialect::minio) noexcept
      : query_(query), any_script_(whose == dialect::aws) {}

  // False if the set breaks a rule.
  bool usable() noexcept {
    if (!read_) read();
    return usable_;
  }

  bool has(std::string_view key, std::string_view value) noexcept {
    if (!read_) read();
    for (int i = 0; i < count_; i++) {
      if (pairs_[i].key.is(key)) return pairs_[i].value.is(value);
    }
    return false;
  }

 private:
  static constexpr int most = 10;
  static constexpr std::size_t longest_key = 128, longest_value = 256;
  struct part {
    const char *at;
    std::size_t length;
    bool is(std::string_view text) const noexcept {
      return length == text.size() && (length == 0 || std::memcmp(at, text.data(), length) == 0);
    }
  };
  struct pair {
    part key, value;
  };
  void read() noexcept;
  bool read_part(const char *&from, const char *end, bool is_key, part &to) noexcept;
  bool decode(part &p, std::size_t longest) noexcept;
  bool known(const part &key) const noexcept;
  std::uint8_t meaning_of(char c) const noexcept;

  std::string_view query_;
  const bool any_script_;
  bool read_ = false, usable_ = true;
  int count_ = 0;
  std::uint16_t used_ = 0;
  pair pairs_[most];  // left as it is until read: most objects meet no tag filter
  char decoded_[most * (longest_key + longest_value) * 4];
};

}  // namespace primecloud::lifecycle
