// Files that are written from a contract: each a pure function of the contract and options.
#pragma once

#include <string>
#include <string_view>

#include "core/contract/node.hpp"

namespace primecloud::contract {

// What the caller asks for; `fingerprint` goes into every file.
struct emit_options {
  std::string fingerprint;
  bool brand = false;          // ids get types of their own
  bool dates_as_text = false;  // the driver's parsers of times are off
  bool endless_dates = false;  // its ±infinity, which it gives as numbers, is told
  bool snake_names = false;    // Drizzle's properties are named as in SQL
  bool reject_unknown = false, strip_unknown = false;
  std::string int8 = "number";  // string, bigint
};
// Throws invalid_value for an option that there is not.
emit_options read_options(const node &options);

std::string emit_typescript(const node &contract, const emit_options &options);
std::string emit_zod(const node &contract, const emit_options &options);
std::string emit_json_schema(const node &contract, const emit_options &options);
// `facts`: what a contract does not hold and only a migration needs.
std::string emit_drizzle(const node &contract, const node &facts, const emit_options &options);

// Throws where two columns of one relation have one key (42701), or two types of a file one name (42710).
void check_names(const node &contract, const emit_options &options);

}  // namespace primecloud::contract
