#include "core/contract/value_type.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace primecloud::contract {
namespace {

std::optional<int> count(const node &number) {
  if (number.is != node::kind::number) return std::nullopt;
  return number.count_or(0);
}

std::optional<bound> end_of(const node &told, const char *inclusive, const char *exclusive) {
  if (told.has(inclusive)) return bound{told[inclusive].text, false};
  if (told.has(exclusive)) return bound{told[exclusive].text, true};
  return std::nullopt;
}

}  // namespace

bool value_type::is_integer() const {
  return is_builtin("int2") || is_builtin("int4") || is_builtin("int8") || is_own("byte_size");
}

bool value_type::is_float() const { return is_builtin("float4") || is_builtin("float8") || is_builtin("numeric"); }

// Fifteen digits are told apart by doubles; of more, a value beside the bound may be read as the bound.  Zero stays
// out: nobody means the numbers that no double is as small as.
std::optional<bound> value_type::read_as_double(const std::optional<bound> &end) const {
  if (!end || !end->exclusive || !is_builtin("numeric") || end->number == "0") return end;
  const auto digits =
      std::count_if(end->number.begin(), end->number.end(), [](char letter) { return isdigit(letter); });
  const bool told_apart = precision && *precision <= 15 && std::abs(scale.value_or(0)) <= 200 && digits <= 15;
  return told_apart ? end : bound{end->number, false};
}

value_type read_value_type(const node &told, const node &enums) {
  value_type read;
  read.type = told["type"].text;
  read.of = told["of"].text;
  read.extension = told["extension"].text;
  read.domain = told["domain"].text;
  read.element_domain = told["element_domain"].text;
  read.dimensions = told["dimensions"].count_or(0);
  read.elements_nullable = told["elements_nullable"].flag_or(true);
  read.any_json = told["wire"].text == "json";
  if (told.has("values")) {
    read.values = told["values"].items;
  } else if (read.of == "enum") {
    read.values = enums[read.type].items;
  }
  read.low = end_of(told, "min", "above");
  read.high = end_of(told, "max", "below");
  read.non_finite = told["non_finite"].texts();
  read.patterns = told["patterns"].texts();
  read.min_length = count(told["min_length"]);
  read.max_length = count(told["max_length"]);
  read.precision = count(told["precision"]);
  read.scale = count(told["scale"]);
  return read;
}

}  // namespace primecloud::contract
