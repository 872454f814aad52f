#include "core/contract/wire.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace primecloud::contract {
namespace {

template <std::size_t n>
bool among(std::string_view name, const std::array<std::string_view, n> &names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What node-postgres has parsers for of arrays for (pg-types, textParsers).
constexpr std::array<std::string_view, 28> parsed_arrays = {
    "bool",   "bytea",   "int2", "int4",   "int8",        "oid",      "point",    "float4", "float8", "numeric",
    "bpchar", "varchar", "text", "cidr",   "macaddr",     "inet",     "date",     "json",   "jsonb",  "timestamp",
    "uuid",   "money",   "time", "timetz", "timestamptz", "interval", "numrange", "regproc"};

}  // namespace

json_form json_form_of(const value_type &value) {
  if (value.any_json) return json_form::any;
  if (value.is_own("sealed")) return json_form::sealed;
  if (value.is_own("byte_size")) return json_form::number;
  if (value.is_own("lifecycle")) return json_form::any;
  if (value.of == "composite") return json_form::row;
  if (value.of == "pseudo") return json_form::any;
  if (!value.of.empty()) return json_form::text;
  if (value.is_integer() || value.is_float()) return json_form::number;
  if (value.type == "bool") return json_form::boolean;
  if (among(value.type,
            std::array<std::string_view, 6>{"json", "jsonb", "record", "anyelement", "int2vector", "oidvector"}))
    return json_form::any;
  return json_form::text;
}

driver_form driver_form_of(const value_type &value) {
  if (!value.of.empty()) return driver_form::text;
  const std::string_view type = value.type;
  if (among(type, std::array<std::string_view, 5>{"int2", "int4", "oid", "float4", "float8"}))
    return driver_form::number;
  if (type == "numeric" && value.is_array()) return driver_form::number;
  if (type == "bool") return driver_form::boolean;
  if (among(type, std::array<std::string_view, 3>{"date", "timestamp", "timestamptz"})) return driver_form::date;
  if (type == "bytea") return driver_form::bytes;
  if (type == "json" || type == "jsonb") return driver_form::json;
  if (type == "interval") return driver_form::interval;
  if (type == "point") return driver_form::point;
  if (type == "circle" && !value.is_array()) return driver_form::circle;
  return driver_form::text;
}

bool driver_parses_array(const value_type &value) {
  return value.of.empty() && value.element_domain.empty() && among(value.type, parsed_arrays);
}

bool is_vector(const value_type &value) { return value.is_builtin("int2vector") || value.is_builtin("oidvector"); }

bool same_forms(const value_type &before, const value_type &after) {
  if (before.dimensions != after.dimensions) return false;
  const json_form form = json_form_of(before);
  if (form != json_form_of(after) || before.any_json != after.any_json) return false;
  if (is_vector(before) != is_vector(after) || (is_vector(before) && before.type != after.type)) return false;
  if (!before.is_array()) return driver_form_of(before) == driver_form_of(after);
  if (driver_parses_array(before) != driver_parses_array(after)) return false;
  return !driver_parses_array(before) || driver_form_of(before) == driver_form_of(after);
}

}  // namespace primecloud::contract
