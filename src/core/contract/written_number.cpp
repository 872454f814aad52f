#include "core/contract/written_number.hpp"

#include <charconv>
#include <string>

namespace primecloud::contract {
namespace {

// 0.digits × 10^exponent, without zeros at either end of the digits.
struct scientific {
  int sign = 0;
  long exponent = 0;
  std::string digits;
};

scientific read(std::string_view text) {
  scientific number;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto e = text.find_first_of("eE");
  if (e != text.npos) {
    auto power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), number.exponent);
    text = text.substr(0, e);
  }
  const auto point = text.find('.');
  number.exponent += static_cast<long>(point == text.npos ? text.size() : point);
  number.digits = text.substr(0, point);
  if (point != text.npos) number.digits += text.substr(point + 1);
  const auto first = number.digits.find_first_not_of('0');
  if (first == std::string::npos) return {};
  number.digits.erase(0, first);
  number.exponent -= static_cast<long>(first);
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  number.sign = negative ? -1 : 1;
  return number;
}

}  // namespace

int compare_written(std::string_view a, std::string_view b) {
  const scientific left = read(a), right = read(b);
  if (left.sign != right.sign) return left.sign - right.sign;
  if (left.exponent != right.exponent) return left.exponent < right.exponent ? -left.sign : left.sign;
  return left.digits.compare(right.digits) * left.sign;
}

}  // namespace primecloud::contract
