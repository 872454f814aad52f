#include "core/lifecycle/restore_header.hpp"

#include <cstdio>

#include "core/lifecycle/calendar.hpp"

namespace primecloud::lifecycle {
namespace {

constexpr const char *weekdays[] = {"Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"};
constexpr const char *months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::string_view ongoing = "ongoing-request=\"true\"";
constexpr std::string_view completed = "ongoing-request=\"false\", expiry-date=\"";

// `digits` decimal digits at `at`, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t digits) noexcept {
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string http_date(timestamp t) {
  const auto day = day_of(t);
  const auto d = civil_from_days(day);
  const auto second = static_cast<int>((t.microseconds - day * microseconds_per_day) / 1'000'000);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04lld %02d:%02d:%02d GMT", weekdays[weekday(day)], d.day,
                months[d.month - 1], static_cast<long long>(d.year), second / 3600, second / 60 % 60, second % 60);
  return text;
}

std::optional<timestamp> read_http_date(std::string_view text) noexcept {
  //                               0123456789012345678901234567 8
  constexpr std::string_view form = "Fri, 21 Dec 2012 00:00:00 GMT";
  if (text.size() != form.size()) return std::nullopt;
  for (const std::size_t i : {3, 4, 7, 11, 16, 19, 22, 25, 26, 27, 28}) {
    if (text[i] != form[i]) return std::nullopt;
  }
  int month = 0;
  for (int i = 0; i < 12; i++) {
    if (text.substr(8, 3) == months[i]) month = i + 1;
  }
  const int day = number_at(text, 5, 2), year = number_at(text, 12, 4);
  const int hour = number_at(text, 17, 2), minute = number_at(text, 20, 2), second = number_at(text, 23, 2);
  if (month == 0 || year < 0 || day < 1 || day > days_in_month(year, month) || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  const auto date = days_from_civil({year, month, day});
  if (text.substr(0, 3) != weekdays[weekday(date)]) return std::nullopt;
  return timestamp{date * microseconds_per_day + (hour * 3600LL + minute * 60LL + second) * 1'000'000};
}

result<std::optional<timestamp>> read_restore_header(std::string_view header) {
  if (header == ongoing) return std::optional<timestamp>();
  if (header.starts_with(completed) && header.ends_with('"')) {
    auto date = header.substr(completed.size());
    date.remove_suffix(1);
    if (const auto expires = read_http_date(date)) return expires;
  }
  return error(invalid_text, "not an x-amz-restore header: \"" + std::string(header.substr(0, 120)) + "\"")
      .with_hint(
          "It reads ongoing-request=\"true\", or ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2012 "
          "00:00:00 GMT\".");
}

std::string write_restore_header(std::optional<timestamp> expires) {
  if (!expires) return std::string(ongoing);
  return std::string(completed) + http_date(*expires) + "\"";
}

}  // namespace primecloud::lifecycle
