#include "core/lifecycle/object_tags.hpp"

#include <array>

namespace primecloud::lifecycle {
namespace {

int hexadecimal(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Which bytes a decoded key or value may hold.
constexpr auto allowed_bytes = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; c++) table[c] = true;
  for (int c = 'a'; c <= 'z'; c++) table[c] = table[c - 'a' + 'A'] = true;
  for (const unsigned char c : {'-', '+', '.', '_', ':', '/', '@', ' ', '='}) table[c] = true;
  return table;
}();

bool allowed(char c) noexcept { return allowed_bytes[static_cast<unsigned char>(c)]; }

}  // namespace

bool object_tags::decode(std::string_view from, std::size_t longest, place &to) noexcept {
  char *const start = decoded_ + used_;
  std::size_t length = 0;
  for (std::size_t i = 0; i < from.size(); i++) {
    char c = from[i];
    if (c == '+') {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= from.size()) return false;
      const int high = hexadecimal(from[i + 1]), low = hexadecimal(from[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (!allowed(c) || length == longest) return false;
    start[length++] = c;
  }
  to = {used_, static_cast<std::uint16_t>(length)};
  used_ = static_cast<std::uint16_t>(used_ + length);
  return true;
}

bool object_tags::read_pair(std::string_view written) noexcept {
  if (count_ == most) return false;
  const auto equals = written.find('=');
  pair read{};
  if (!decode(written.substr(0, equals), longest_key, read.key) || read.key.length == 0) return false;
  if (equals != written.npos && !decode(written.substr(equals + 1), longest_value, read.value)) return false;
  for (int i = 0; i < count_; i++) {
    if (text(pairs_[i].key) == text(read.key)) return false;
  }
  pairs_[count_++] = read;
  return true;
}

void object_tags::read() noexcept {
  read_ = true;
  for (std::string_view rest = query_; !rest.empty();) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    if (!pair.empty() && !read_pair(pair)) {
      count_ = 0;
      usable_ = false;
      return;
    }
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
}

}  // namespace primecloud::lifecycle
