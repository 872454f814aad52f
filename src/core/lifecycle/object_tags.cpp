#include "core/lifecycle/object_tags.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace primecloud::lifecycle {
namespace {

enum : std::uint8_t { foreign, plain, equals, encoded, separator };

// What a byte of a query is.  A decoded key or value may hold what is plain, an
// equals sign, a plus sign and a blank.
constexpr auto meaning = [] {
  std::array<std::uint8_t, 256> table{};
  for (int c = '0'; c <= '9'; c++) table[c] = plain;
  for (int c = 'a'; c <= 'z'; c++) table[c] = table[c - 'a' + 'A'] = plain;
  for (const unsigned char c : {'-', '.', '_', ':', '/', '@', ' '}) table[c] = plain;
  table['='] = equals;
  table['%'] = table['+'] = encoded;
  table['&'] = separator;
  return table;
}();

// A byte that goes on with the character before it (UTF-8).
bool goes_on(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t characters(const char *at, std::size_t length) noexcept {
  return length - static_cast<std::size_t>(std::count_if(at, at + length, goes_on));
}

}  // namespace

std::uint8_t object_tags::meaning_of(char c) const noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return any_script_ && byte >= 0x80 ? std::uint8_t{plain} : meaning[byte];
}

bool object_tags::decode(part &p, std::size_t longest) noexcept {
  char *const start = decoded_ + used_;
  std::size_t length = 0;
  for (std::size_t i = 0; i < p.length; i++) {
    char c = p.at[i];
    if (c == '+') {
      c = ' ';
    } else if (c == '%') {
      std::uint8_t byte;
      if (i + 2 >= p.length || sodium_hex2bin(&byte, 1, p.at + i + 1, 2, nullptr, nullptr, nullptr) != 0) return false;
      c = static_cast<char>(byte);
      i += 2;
      if (c != '+' && meaning_of(c) != plain && meaning_of(c) != equals) return false;
    }
    if (length == 4 * longest) return false;
    start[length++] = c;
  }
  if (characters(start, length) > longest) return false;
  p = {start, length};
  used_ = static_cast<std::uint16_t>(used_ + length);
  return true;
}

// Up to the end of a key or value, which a separator or the end of the query is, and
// for a key its equals sign.
bool object_tags::read_part(const char *&from, const char *end, bool is_key, part &to) noexcept {
  const char *at = from;
  bool plainly = true;
  for (; at != end; at++) {
    const auto is = meaning_of(*at);
    if (is == plain || (is == equals && !is_key)) continue;
    if (is == separator || is == equals) break;
    if (is == foreign) return false;
    plainly = false;
  }
  to = {from, static_cast<std::size_t>(at - from)};
  from = at;
  const auto longest = is_key ? longest_key : longest_value;
  return plainly ? characters(to.at, to.length) <= longest : decode(to, longest);
}

bool object_tags::known(const part &key) const noexcept {
  for (int i = 0; i < count_; i++) {
    if (pairs_[i].key.is({key.at, key.length})) return true;
  }
  return false;
}

void object_tags::read() noexcept {
  read_ = true;
  usable_ = false;
  const char *at = query_.data(), *const end = at + query_.size();
  for (; at != end; at += at != end) {
    if (meaning_of(*at) == separator) continue;
    pair p{};
    const bool good = count_ < most && read_part(at, end, true, p.key) && p.key.length > 0 && !known(p.key) &&
                      (at == end || *at != '=' || read_part(++at, end, false, p.value));
    if (!good) {
      count_ = 0;
      return;
    }
    pairs_[count_++] = p;
  }
  usable_ = true;
}

}  // namespace primecloud::lifecycle
