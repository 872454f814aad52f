// Values that the server owns already and that pass as they are: results in its memory,
// arguments that are handed on unread, each under its SQL type.
#pragma once

#include "pg/datum.hpp"

namespace primecloud::pg {

template <const char *type>
struct owned {
  Datum value;

  owned(Datum d) noexcept : value(d) {}
  owned(const void *v) noexcept : value(PointerGetDatum(v)) {}
};
template <const char *type>
struct datum<owned<type>> {
  static constexpr const char *sql = type;
  static owned<type> get(Datum d) noexcept { return d; }
  static Datum put(owned<type> v) noexcept { return v.value; }
};

inline constexpr char text_type[] = "text", bytea_type[] = "bytea", bytea_array_type[] = "bytea[]",
                      uuid_type[] = "uuid", json_type[] = "json", jsonb_type[] = "jsonb", record_type[] = "record",
                      any_type[] = "anyelement";
using owned_text = owned<text_type>;
using owned_bytes = owned<bytea_type>;
using owned_bytes_array = owned<bytea_array_type>;
using owned_uuid = owned<uuid_type>;
using owned_json = owned<json_type>;
using owned_jsonb = owned<jsonb_type>;
using owned_row = owned<record_type>;
using any_value = owned<any_type>;  // of whatever type the call site has

// JSON that a C++ object owns, as std::string is text.
struct json_string {
  std::string text;
};
template <>
struct datum<json_string> {
  static constexpr const char *sql = json_type;
  static Datum put(const json_string &v) { return datum<std::string>::put(v.text); }
};

}  // namespace primecloud::pg
