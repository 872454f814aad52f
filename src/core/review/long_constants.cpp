#include "core/review/long_constants.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace primecloud::review {
namespace {

constexpr std::string_view value_word = ":constvalue ", type_word = "{CONST :consttype ", hash_mark = "... ";
constexpr std::size_t kept = 60, header = 4;

template <class T>
std::optional<T> number(std::string_view &text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  T value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// (Names in a tree have a backslash before each space: none of them looks like the words of a constant.)
bool is_text(std::string_view before) noexcept {
  const auto at = before.rfind(type_word);
  if (at == before.npos) return false;
  std::string_view rest = before.substr(at + type_word.size());
  const auto type = number<unsigned>(rest);
  return type == 25U || type == 1043U;  // text, varchar
}

using lead = std::array<signed char, header>;

// A length with the bits of a value that is neither compressed nor short.
lead lead_of(std::size_t size) noexcept {
  const auto word = static_cast<std::uint32_t>(std::endian::native == std::endian::little ? size << 2 : size);
  return std::bit_cast<lead>(word);
}

// The bytes of a short value, as a tree has them.
struct written {
  std::array<char, 800> text;
  std::size_t size = 0;

  void put(std::string_view more) noexcept { size += more.copy(text.data() + size, text.size() - size); }
  void put(int value) noexcept {
    size =
        static_cast<std::size_t>(std::to_chars(text.data() + size, text.data() + text.size(), value).ptr - text.data());
    put(" ");
  }
};

// The short one for "N [ 1 2 3 ]"; nothing where it is no such value.
std::optional<written> short_for(std::string_view value) noexcept {
  const value_hash all = hash_of_value(value);
  const auto size = number<std::size_t>(value);
  if (!size || !value.starts_with(" [ ")) return std::nullopt;
  value.remove_prefix(3);
  for (const signed char expected : lead_of(*size))
    if (number<int>(value) != expected) return std::nullopt;
  const std::size_t length = header + kept + hash_mark.size() + all.size() - 1;
  written made;
  made.put(static_cast<int>(length));
  made.put("[ ");
  for (const signed char byte : lead_of(length)) made.put(byte);
  for (std::size_t i = 0; i < kept; i++) {
    const auto byte = number<int>(value);
    if (!byte) return std::nullopt;
    made.put(*byte > 0 ? *byte : '?');  // no character is cut
  }
  for (const char byte : hash_mark) made.put(byte);
  for (const char byte : std::string_view(all.data())) made.put(byte);
  made.put("]");
  return made;
}

}  // namespace

value_hash hash_of_value(std::string_view bytes) noexcept {
  std::array<unsigned char, 16> raw;
  crypto_generichash(raw.data(), raw.size(), reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(),
                     nullptr, 0);
  value_hash hex;
  sodium_bin2hex(hex.data(), hex.size(), raw.data(), raw.size());
  return hex;
}

std::size_t shorten_constants(char *tree, std::size_t size) noexcept {
  const std::string_view whole(tree, size);
  std::size_t done = 0, out = 0, at = 0;
  const auto keep = [&](std::size_t to) {  // what stands before is behind by now, and is not looked at any more
    if (out != done) std::memmove(tree + out, tree + done, to - done);
    out += to - done;
    done = to;
  };
  while ((at = whole.find(value_word, at)) != whole.npos) {
    at += value_word.size();
    std::string_view rest = whole.substr(at);
    const auto length = number<std::size_t>(rest);
    if (!length || *length <= longest_constant) continue;
    const std::size_t end = whole.find(']', at), before = std::max(done, at > 400 ? at - 400 : 0);
    if (end == whole.npos) break;
    if (is_text(whole.substr(before, at - before))) {
      if (const auto shorter = short_for(whole.substr(at, end + 1 - at))) {
        keep(at);
        std::memcpy(tree + out, shorter->text.data(), shorter->size);
        out += shorter->size;
        done = end + 1;
      }
    }
    at = end;
  }
  keep(size);
  return out;
}

}  // namespace primecloud::review
