// How the base types of the types room travel as Datums.
#pragma once

#include "core/types/byte_size.hpp"
#include "core/types/money_amount.hpp"
#include "core/types/tax_id.hpp"
#include "pg/owned.hpp"

namespace primecloud::pg {

template <>
struct datum<byte_size> {
  static constexpr const char *sql = "primecloud.byte_size";
  static byte_size get(Datum d) noexcept { return {DatumGetInt64(d)}; }
  static Datum put(byte_size v) noexcept { return Int64GetDatum(v.bytes); }
};

template <>
struct datum<tax_id> {
  static constexpr const char *sql = "primecloud.tax_id";
  static tax_id get(Datum d) noexcept { return {DatumGetInt64(d)}; }
  static Datum put(tax_id v) noexcept { return Int64GetDatum(v.value); }
};

// 12 bytes, 4-byte alignment: currency, then minor units.
template <>
struct datum<money_amount> {
  static constexpr const char *sql = "primecloud.money_amount";
  static constexpr int size = 12;
  static money_amount get(Datum d) noexcept {
    money_amount v;
    memcpy(&v.currency.code, DatumGetPointer(d), 4);
    memcpy(&v.minor, DatumGetPointer(d) + 4, 8);
    return v;
  }
  SERVER_CODE static Datum put(money_amount v) noexcept {
    auto *p = static_cast<char *>(palloc(size));
    memcpy(p, &v.currency.code, 4);
    memcpy(p + 4, &v.minor, 8);
    return PointerGetDatum(p);
  }
};

// A numeric, in whatever storage it came.
inline constexpr char numeric_type[] = "numeric";
using numeric = owned<numeric_type>;

}  // namespace primecloud::pg
