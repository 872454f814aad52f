// The server's own types that several rooms pass: bytea, uuid, timestamptz,
// regclass, name.
#pragma once

#include <cstdint>
#include <vector>

#include "core/timestamp.hpp"
#include "core/uuid.hpp"
#include "pg/datum.hpp"

extern "C" {
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

namespace primecloud::pg {

// bytea, unpacked only when it must be.
template <>
struct datum<bytes_view> {
  static constexpr const char *sql = "bytea";
  SERVER_CODE static bytes_view get(Datum d) { return bytes_in(d); }
  SERVER_CODE static Datum put(bytes_view v) { return PointerGetDatum(copy_varlena(v)); }
};

// Owned bytes outlive the copy, so running out of memory is an exception here.
template <>
struct datum<std::vector<std::uint8_t>> {
  static constexpr const char *sql = "bytea";
  static Datum put(const std::vector<std::uint8_t> &v) {
    return datum<std::string>::put({reinterpret_cast<const char *>(v.data()), v.size()});
  }
};

template <>
struct datum<uuid> {
  static constexpr const char *sql = "uuid";
  static uuid get(Datum d) noexcept {
    uuid v;
    memcpy(v.octets.data(), DatumGetUUIDP(d)->data, v.octets.size());
    return v;
  }
  SERVER_CODE static Datum put(const uuid &v) {
    auto *p = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
    memcpy(p->data, v.octets.data(), v.octets.size());
    return UUIDPGetDatum(p);
  }
};

template <>
struct datum<timestamp> {
  static constexpr const char *sql = "timestamp with time zone";
  static timestamp get(Datum d) noexcept { return {DatumGetTimestampTz(d)}; }
  static Datum put(timestamp v) noexcept { return TimestampTzGetDatum(v.microseconds); }
};

// A relation, named by regclass in SQL.
struct relation {
  Oid oid;
};
template <>
struct datum<relation> {
  static constexpr const char *sql = "regclass";
  static relation get(Datum d) noexcept { return {DatumGetObjectId(d)}; }
  static Datum put(relation v) noexcept { return ObjectIdGetDatum(v.oid); }
};

// A type, named by regtype in SQL.
struct type {
  Oid oid;
};
template <>
struct datum<type> {
  static constexpr const char *sql = "regtype";
  static type get(Datum d) noexcept { return {DatumGetObjectId(d)}; }
};

// A name, as the catalogs have them.
struct name_view {
  const char *text;
};
template <>
struct datum<name_view> {
  static constexpr const char *sql = "name";
  static name_view get(Datum d) noexcept { return {NameStr(*DatumGetName(d))}; }
};

// No value at all.
struct nothing {};
template <>
struct datum<nothing> {
  static constexpr const char *sql = "void";
  static Datum put(nothing) noexcept { return 0; }
};

template <>
struct datum<int16> {
  static constexpr const char *sql = "smallint";
  static int16 get(Datum d) noexcept { return DatumGetInt16(d); }
  static Datum put(int16 v) noexcept { return Int16GetDatum(v); }
};

}  // namespace primecloud::pg
