// In which form a value reaches an application, on each of the two wires: JSON as
// to_camel_json writes it, and the row as node-postgres parses it.
#pragma once

#include "core/contract/value_type.hpp"

namespace primecloud::contract {

enum class json_form { number, text, boolean, row, sealed, any };
enum class driver_form { number, text, boolean, date, bytes, interval, point, circle, json };

// Of a value, or of an array's elements.
json_form json_form_of(const value_type &value);
driver_form driver_form_of(const value_type &value);

// Whether the driver parses arrays of such elements; it gives the text {a,b} of others.
bool driver_parses_array(const value_type &value);

// An array of another kind than SQL's: its elements are numbers (int2vector) or texts (oidvector).
bool is_vector(const value_type &value);

// Whether the two look alike on both wires: what else they differ in is which values come.
bool same_forms(const value_type &before, const value_type &after);

}  // namespace primecloud::contract
