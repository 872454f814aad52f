#include "core/contract/typescript_type.hpp"

#include <algorithm>

#include "core/contract/source_text.hpp"
#include "core/contract/wire.hpp"

namespace primecloud::contract {
namespace {

std::string union_of(const std::vector<node> &values) {
  if (values.empty()) return "never";
  std::vector<std::string> literals;
  for (const auto &value : values) literals.push_back(value_literal(value));
  return joined(literals, " | ");
}

std::string float_type(const value_type &type) {
  std::string all = "number";
  if (type.non_finite.size() == 3) return all + " | NonFinite";
  for (const auto &name : type.non_finite) all += " | " + string_literal(name);
  return all;
}

}  // namespace

std::string within_brackets(const std::string &type) {
  return type.find(" | ") == type.npos && type.find(" & ") == type.npos ? type : "(" + type + ")";
}

std::string typescript_types::array_of(const std::string &element, const value_type &type) const {
  const std::string one = type.elements_nullable ? element + " | null" : element;
  std::string array = element == "never" && type.elements_nullable ? "null" : within_brackets(one);
  for (int i = 0; i < type.dimensions; i++) array += "[]";
  return array;
}

std::string typescript_types::name_of(const value_type &type) const {
  if (type.of == "enum") return contract_["enum_names"][type.type]["name"].text;
  return contract_["entities"][type.type]["name"].text;
}

std::string typescript_types::json_base(const value_type &type) const {
  if (is_vector(type)) return type.type == "int2vector" ? "number[]" : "string[]";
  switch (json_form_of(type)) {
    case json_form::any: return "Json";
    case json_form::sealed: return "Sealed";
    case json_form::row: {
      const std::string name = name_of(type);
      return name.empty() ? "Json" : name;
    }
    case json_form::boolean: return type.values ? union_of(*type.values) : "boolean";
    case json_form::text: return type.values ? union_of(*type.values) : "string";
    case json_form::number: break;
  }
  if (type.is_builtin("int8") && options_.int8 != "number") return options_.int8;
  if (type.values) return union_of(*type.values);
  return type.is_float() ? float_type(type) : "number";
}

std::string typescript_types::in_json(const node &told) const {
  const value_type type = read_value_type(told, contract_["enums"]);
  if (type.any_json) return "Json";
  const bool named = type.of == "enum" && !told.has("values") && !name_of(type).empty();
  const std::string base = named ? name_of(type) : json_base(type);
  return type.is_array() ? array_of(base, type) : base;
}

std::string typescript_types::row_base(const value_type &type) const {
  switch (driver_form_of(type)) {
    case driver_form::number: return type.values && !type.is_float() ? union_of(*type.values) : "number";
    case driver_form::boolean: return "boolean";
    case driver_form::date:
      if (options_.endless_dates) return "globalThis.Date | number";
      return options_.dates_as_text ? "string" : "globalThis.Date";
    case driver_form::bytes: return "globalThis.Uint8Array";
    case driver_form::json: return "Json";
    case driver_form::interval:
      return "{ years?: number; months?: number; days?: number; hours?: number; minutes?: number; seconds?: number; "
             "milliseconds?: number }";
    case driver_form::point: return "{ x: number; y: number }";
    case driver_form::circle: return "{ x: number; y: number; radius: number }";
    case driver_form::text: break;
  }
  // (Lists of numbers are no lists of the texts that a driver gives for them.)
  const bool listed = type.values && json_form_of(type) == json_form::text;
  return listed ? union_of(*type.values) : "string";
}

std::string typescript_types::in_row(const node &told) const {
  const value_type type = read_value_type(told, contract_["enums"]);
  if (!type.is_array()) {
    const bool named = type.of == "enum" && !type.any_json && !told.has("values") && !name_of(type).empty();
    return named ? name_of(type) : row_base(type);
  }
  return driver_parses_array(type) && !type.any_json ? array_of(row_base(type), type) : "string";
}

std::string typescript_types::write_base(const value_type &type) const {
  if (type.is_own("sealed")) return "string";
  if (type.values) return json_base(type);
  if (type.is_builtin("int8") || type.is_builtin("numeric") || type.is_own("byte_size")) return "number | string";
  if (type.is_builtin("oid")) return "number | string";
  return json_base(type);
}

std::string typescript_types::to_write(const node &told) const {
  const value_type type = read_value_type(told, contract_["enums"]);
  if (type.any_json) return "Json";
  const bool named = type.of == "enum" && !told.has("values") && !name_of(type).empty();
  const std::string base = named ? name_of(type) : write_base(type);
  return type.is_array() ? array_of(base, type) : base;
}

std::string typescript_types::result(const node &returns) const {
  if (returns["void"].flag_or(false)) return "null";
  return returns.has("row") ? returns["name"].text : in_json(returns);
}

}  // namespace primecloud::contract
