// Columns of types that Drizzle has no builder for: each with the type that node-postgres gives it, through Drizzle.
#include "core/contract/drizzle.hpp"
#include "core/contract/source_text.hpp"
#include "core/contract/wire.hpp"

namespace primecloud::contract {
namespace {

// In TypeScript, and how one is written to the server, where the driver would write it otherwise.
struct custom_type {
  std::string name, written;
};

// (Drizzle takes times and intervals as the text that comes.)
custom_type element_of(driver_form form) {
  switch (form) {
    case driver_form::number: return {"number", {}};
    case driver_form::boolean: return {"boolean", {}};
    case driver_form::bytes: return {"globalThis.Uint8Array", {}};
    case driver_form::json: return {"unknown", "(value) => globalThis.JSON.stringify(value)"};
    case driver_form::point: return {"{ x: number; y: number }", "({ x, y }) => `(${x},${y})`"};
    case driver_form::circle:
      return {"{ x: number; y: number; radius: number }", "({ x, y, radius }) => `<(${x},${y}),${radius}>`"};
    default: return {"string", {}};
  }
}

// Drizzle has the driver leave these as they come.
bool left_as_text(const value_type &type) {
  return type.type == "numeric" || driver_form_of(type) == driver_form::date ||
         driver_form_of(type) == driver_form::interval;
}

custom_type read_custom(const node &sent) {
  const value_type type = read_value_type(sent, node());
  custom_type made = element_of(driver_form_of(type));
  if (!type.is_array()) return made;
  if (!driver_parses_array(type) || left_as_text(type)) return {"string", {}};
  for (int i = 0; i < type.dimensions; i++) {
    // (Of several dimensions the innermost alone holds elements.)
    made.name = (i > 0 || made.name == "unknown" ? made.name : "(" + made.name + " | null)") + "[]";
    if (!made.written.empty())
      made.written = "(all) => all.map((one) => one === null ? null : (" + made.written + ")(one))";
  }
  return made;
}

}  // namespace

std::string drizzle_file::custom(const node &column) {
  const custom_type type = read_custom(column["sent"]);
  custom_ = true;
  writing_ = writing_ || !type.written.empty();
  return "custom" + (type.name == "string" ? std::string() : "<" + type.name + ">") + "(" +
         either(string_literal(type_read(column)), string_literal(type_written(column))) +
         (type.written.empty() ? "" : ", " + type.written) + ")";
}

}  // namespace primecloud::contract
