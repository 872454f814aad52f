#include "core/lifecycle/scalar.hpp"

#include <charconv>
#include <cstdio>

#include "core/lifecycle/calendar.hpp"

namespace primecloud::lifecycle {
namespace {

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Takes `digits` decimal digits off the front.
bool take_number(std::string_view &text, std::size_t digits, int &value) noexcept {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view &text, char wanted) noexcept {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<std::int64_t> read_integer(std::string_view text) noexcept {
  if (text.empty()) return 0;
  text = trim(text);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  std::int64_t value;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> read_boolean(std::string_view text) noexcept {
  if (text.empty()) return false;
  text = trim(text);
  for (const auto yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const auto no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<date_and_offset> read_date(std::string_view text, bool date_alone) noexcept {
  int year, month, day, hour = 0, minute = 0, second = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
      !take_number(text, 2, day) || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
    return std::nullopt;
  }
  date_and_offset read{{days_from_civil({year, month, day}) * microseconds_per_day}, true, true};
  if (text.empty() && date_alone) return read;

  if (!take(text, 'T') || !take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) ||
      !take(text, ':') || !take_number(text, 2, second) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  read.midnight = hour == 0 && minute == 0 && second == 0;
  if (take(text, '.')) {
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; digits++) {
      if (text[digits] != '0') read.midnight = false;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  if (take(text, 'Z')) return text.empty() ? std::optional(read) : std::nullopt;

  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  text.remove_prefix(1);
  int hours, minutes;
  if (!take_number(text, 2, hours) || !take(text, ':') || !take_number(text, 2, minutes) || !text.empty() ||
      hours > 23 || minutes > 59) {
    return std::nullopt;
  }
  read.utc = hours == 0 && minutes == 0;
  return read;
}

bool is_zero_date(timestamp date) noexcept { return day_of(date) == days_from_civil({1, 1, 1}); }

date_text write_date(timestamp midnight) noexcept {
  const auto d = civil_from_days(day_of(midnight));
  date_text out;
  out.length =
      static_cast<std::size_t>(std::snprintf(out.characters, sizeof out.characters, "%04lld-%02d-%02dT00:00:00Z",
                                             static_cast<long long>(d.year), d.month, d.day));
  return out;
}

}  // namespace primecloud::lifecycle
