// What a column, an attribute, an argument or a result may be: the keys of a type in the
// canonical form (docs/contract.md), with an enum's labels as its values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/contract/node.hpp"

namespace primecloud::contract {

// One end of an interval; the number as it is written.
struct bound {
  std::string number;
  bool exclusive = false;
  friend bool operator==(const bound &, const bound &) = default;
};

struct value_type {
  std::string type, of, extension;
  std::string domain, element_domain;
  int dimensions = 0;
  bool elements_nullable = true;
  bool any_json = false;                    // a cast to json, or arrays in arrays, decide the wire
  std::optional<std::vector<node>> values;  // texts, numbers or booleans
  std::optional<bound> low, high;
  std::vector<std::string> non_finite, patterns;
  std::optional<int> min_length, max_length, precision, scale;

  bool is_array() const { return dimensions > 0; }
  bool is_row() const { return of == "composite"; }
  bool is_builtin(std::string_view name) const { return of.empty() && type == name; }
  // Of one of this extension's own types.
  bool is_own(std::string_view name) const { return extension == "primecloud" && type == name; }
  bool is_integer() const;
  bool is_float() const;
  // A bound as it holds for what JSON.parse reads: doubles, of which one is next to many a numeric.
  std::optional<bound> read_as_double(const std::optional<bound> &end) const;
  bool is_text() const { return is_builtin("text") || is_builtin("varchar"); }
};

// `enums` is the contract's: an enum gets its labels, those that are left.
value_type read_value_type(const node &told, const node &enums);

}  // namespace primecloud::contract
