#include "core/contract/type_order.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/contract/decimal.hpp"
#include "core/contract/wire.hpp"

namespace primecloud::contract {
namespace {

using pair = std::array<std::string_view, 2>;

// Every value of the first is one of the second, in the same spelling.
constexpr pair narrower[] = {{"int2", "int4"},
                             {"int2", "int8"},
                             {"int4", "int8"},
                             {"int2", "numeric"},
                             {"int4", "numeric"},
                             {"int8", "numeric"},
                             {"int2", "float4"},
                             {"int2", "float8"},
                             {"int4", "float8"},
                             {"float4", "float8"},
                             {"float4", "numeric"},
                             {"float8", "numeric"},
                             {"jsonb", "json"},
                             {"cidr", "inet"},
                             {"macaddr", "macaddr8"},
                             {"int4range", "int8range"},
                             {"int4range", "numrange"},
                             {"int8range", "numrange"},
                             {"bit", "varbit"},
                             {"int4multirange", "int8multirange"},
                             {"int4multirange", "nummultirange"},
                             {"int8multirange", "nummultirange"}};

bool is_listed(const value_type &first, const value_type &second) {
  return first.of.empty() && second.of.empty() &&
         std::any_of(std::begin(narrower), std::end(narrower),
                     [&](const pair &p) { return p[0] == first.type && p[1] == second.type; });
}

// What is text on both wires, whatever its values are.
bool reads_as_text(const value_type &value) {
  return json_form_of(value) == json_form::text && driver_form_of(value) == driver_form::text;
}

int digits_of(const value_type &value) {
  if (value.type == "int2") return 5;
  if (value.type == "int4") return 10;
  return value.type == "int8" ? 19 : 1000;
}

bool numeric_within(const value_type &first, const value_type &second) {
  if (!second.precision) return true;
  const int scale = first.is_builtin("numeric") ? first.scale.value_or(0) : 0;
  if (first.is_builtin("numeric") ? !first.precision : first.is_float()) return false;
  const int whole = first.precision ? *first.precision - scale : digits_of(first);
  return scale <= second.scale.value_or(0) && whole <= *second.precision - second.scale.value_or(0);
}

bool modifiers_within(const value_type &first, const value_type &second) {
  if (second.is_builtin("numeric")) return numeric_within(first, second);
  if (second.is_builtin("bit")) return first.precision == second.precision;
  if (!second.precision) return true;
  const bool time = second.type.starts_with("time") || second.type == "interval";
  return first.precision.value_or(time ? 6 : second.precision.value() + 1) <= *second.precision;
}

}  // namespace

contained type_order(const value_type &first, const value_type &second) {
  if (first.any_json || second.any_json) {
    const bool same = first.type == second.type && first.of == second.of && first.extension == second.extension;
    return {same && first.any_json == second.any_json, same};
  }
  const bool texts = (first.is_text() || first.of == "enum") && (second.is_text() || second.of == "enum");
  if (texts) return {true, true};
  const bool same = first.type == second.type && first.of == second.of && first.extension == second.extension;
  if (same || is_listed(first, second)) {
    const bool fits = modifiers_within(first, second);
    return {fits, fits};
  }
  if (second.is_text()) {
    const bool scalar = !first.is_row() && json_form_of(first) != json_form::sealed;
    return {reads_as_text(first), scalar};
  }
  // A list of texts, where another type has the same spelling: no more is known than the list.
  if (first.is_text() && first.values && second.is_builtin("bpchar")) return {true, true};
  if (first.is_text() && second.is_builtin("bpchar")) return {false, true};
  if (first.is_builtin("date") && second.is_builtin("timestamp")) return {false, true};
  return {};
}

value_type with_ends_of_type(value_type value) {
  if (!value.is_integer()) return value;
  const bool small = value.is_builtin("int2"), middle = value.is_builtin("int4");
  const bound low{small ? "-32768" : middle ? "-2147483648" : "-9223372036854775808", false};
  const bound high{small ? "32767" : middle ? "2147483647" : "9223372036854775807", false};
  if (!value.low || compare_written(value.low->number, low.number) < 0) value.low = low;
  if (!value.high || compare_written(value.high->number, high.number) > 0) value.high = high;
  return value;
}

}  // namespace primecloud::contract
