// Days and midnights: the proleptic Gregorian calendar in UTC, for any year.
#pragma once

#include <cstdint>

#include "core/timestamp.hpp"

namespace primecloud::lifecycle {

inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;

struct civil_date {
  std::int64_t year;
  int month, day;  // from 1
};

// Days since 2000-01-01.  After H. Hinnant, "chrono-compatible low-level date algorithms".
constexpr std::int64_t days_from_civil(civil_date d) noexcept {
  const std::int64_t year = d.year - (d.month <= 2);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 730'425;
}

constexpr civil_date civil_from_days(std::int64_t days) noexcept {
  days += 730'425;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  const int civil_month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  return {year_of_era + era * 400 + (civil_month <= 2), civil_month,
          static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1)};
}

constexpr int days_in_month(std::int64_t year, int month) noexcept {
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : lengths[month - 1];
}

// The midnight at or before t, which is finite.
constexpr std::int64_t day_of(timestamp t) noexcept {
  return t.microseconds / microseconds_per_day - (t.microseconds % microseconds_per_day < 0);
}

// 0 is Saturday: 2000-01-01 was one.
constexpr int weekday(std::int64_t day) noexcept { return static_cast<int>((day % 7 + 7) % 7); }

// The first UTC midnight after t + days (S3: the next day, midnight UTC).  What lies
// beyond the end of time is never due: saturates to infinity, does not wrap.
constexpr timestamp midnight_after(timestamp t, std::int64_t days) noexcept {
  if (!t.finite() || days < 0) return timestamp::infinity();
  constexpr std::int64_t last_day = std::numeric_limits<std::int64_t>::max() / microseconds_per_day - 1;
  const std::int64_t today = day_of(t);
  if (days >= last_day - today) return timestamp::infinity();
  return {(today + days + 1) * microseconds_per_day};
}

// When something that happens `days` after t is due: at once for 0 (to MinIO), else at midnight.
constexpr timestamp due_after(timestamp t, std::int64_t days) noexcept {
  return days == 0 && t.finite() ? t : midnight_after(t, days);
}

}  // namespace primecloud::lifecycle
