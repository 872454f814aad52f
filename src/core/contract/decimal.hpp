// Numbers in decimal digits, of any size, compared without being rounded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace primecloud::contract {

struct decimal {
  bool negative = false;
  std::string digits;      // without zeros at either end; empty for zero
  std::int64_t point = 0;  // how many of them stand before the point; negative: zeros behind it
};

// Nothing where `text` is no number of JSON, or one whose exponent is beyond reason.
std::optional<decimal> read_decimal(std::string_view text);

int compare(const decimal &a, const decimal &b) noexcept;  // as strcmp
// The same of two numbers of JSON, however far from the point.
int compare_written(std::string_view a, std::string_view b);

// As short as can be without an exponent: 0.10 is 0.1, 1e3 is 1000.
std::string text_of(const decimal &number);

bool is_whole(const decimal &number) noexcept;
// The greatest whole number that is not above, and the least that is not below.  Nothing where it has
// more digits than 18.
std::optional<std::int64_t> floor_of(const decimal &number) noexcept;
std::optional<std::int64_t> ceiling_of(const decimal &number) noexcept;

}  // namespace primecloud::contract
