// The tags of an object, from the query string they are kept in.
#pragma once

#include <cstdint>
#include <string_view>

namespace primecloud::lifecycle {

// Read at most once for an object, into storage of a fixed size: S3 allows ten
// tags of 128 and 256 characters, all of them ASCII in this form.  A set that
// breaks a rule (a repeated or empty key, an eleventh tag, a character outside
// letters, digits, blank and +-=._:/@) is unusable, and matches no tag filter.
class object_tags {
 public:
  explicit object_tags(std::string_view query) noexcept : query_(query) {}

  // False if the set breaks a rule.
  bool usable() noexcept {
    if (!read_) read();
    return usable_;
  }

  bool has(std::string_view key, std::string_view value) noexcept {
    if (!read_) read();
    for (int i = 0; i < count_; i++) {
      if (text(pairs_[i].key) == key) return text(pairs_[i].value) == value;
    }
    return false;
  }

 private:
  static constexpr int most = 10;
  static constexpr std::size_t longest_key = 128, longest_value = 256;
  struct place {
    std::uint16_t at, length;
  };
  struct pair {
    place key, value;
  };
  void read() noexcept;
  bool read_pair(std::string_view written) noexcept;
  bool decode(std::string_view from, std::size_t longest, place &to) noexcept;
  std::string_view text(place p) const noexcept { return {decoded_ + p.at, p.length}; }

  std::string_view query_;
  bool read_ = false, usable_ = true;
  int count_ = 0;
  pair pairs_[most];  // left as it is until read: most objects meet no tag filter
  char decoded_[most * (longest_key + longest_value)];
  std::uint16_t used_ = 0;
};

}  // namespace primecloud::lifecycle
