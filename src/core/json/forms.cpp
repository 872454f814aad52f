#include "core/json/forms.hpp"

#include <charconv>
#include <cstring>

namespace primecloud {
namespace {

std::size_t put(std::string_view text, char *out) noexcept {
  memcpy(out, text.data(), text.size());
  return text.size();
}

// A year that four digits do not hold has a sign and six at least.
std::size_t put_year(std::int64_t year, char *out) noexcept {
  const bool is_plain = year >= 0 && year <= 9999;
  std::size_t written = is_plain ? 0 : put(year < 0 ? "-" : "+", out);
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, year < 0 ? -year : year).ptr;
  const auto size = static_cast<std::size_t>(end - digits);
  for (std::size_t i = size; i < (is_plain ? 4u : 6u); i++) out[written++] = '0';
  return written + put({digits, size}, out + written);
}

}  // namespace

std::size_t iso_time(std::string_view shown, char *out) noexcept {
  constexpr std::string_view before_christ = " BC", utc = "+00:00";
  const bool is_before = shown.ends_with(before_christ);
  if (is_before) shown.remove_suffix(before_christ.size());
  const bool is_utc = shown.ends_with(utc);
  if (is_utc) shown.remove_suffix(utc.size());
  std::int64_t year = 0;
  const auto [end, code] = std::from_chars(shown.data(), shown.data() + shown.size(), year);
  std::size_t written = 0;
  if (code == std::errc() && end != shown.data() + shown.size() && *end == '-') {
    written = put_year(is_before ? 1 - year : year, out);
    shown.remove_prefix(static_cast<std::size_t>(end - shown.data()));
  }
  written += put(shown, out + written);
  return written + (is_utc ? put("Z", out + written) : 0);
}

std::size_t money_text(std::int64_t hundredths, char *out) noexcept {
  // (The least number has no positive of its own.)
  const std::uint64_t size =
      hundredths < 0 ? 0 - static_cast<std::uint64_t>(hundredths) : static_cast<std::uint64_t>(hundredths);
  std::size_t written = put(hundredths < 0 ? "-$" : "$", out);
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, size / 100).ptr;
  const auto count = static_cast<std::size_t>(end - digits);
  for (std::size_t i = 0; i < count; i++) {
    if (i > 0 && (count - i) % 3 == 0) out[written++] = ',';
    out[written++] = digits[i];
  }
  const char cents[] = {'.', static_cast<char>('0' + size % 100 / 10), static_cast<char>('0' + size % 10)};
  return written + put({cents, sizeof cents}, out + written);
}

}  // namespace primecloud
