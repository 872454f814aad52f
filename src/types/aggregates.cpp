// sum and avg of byte_size and of money_amount.
#include "types/datum.hpp"
#include "types/total.hpp"

namespace {
using namespace primecloud;

// Bytes are bytes.
struct bytes_alone {
  static int64 number(Datum value) noexcept { return DatumGetInt64(value); }
  static bytes_alone of(Datum) noexcept { return {}; }
  void join(bytes_alone) noexcept {}
  void send(StringInfo) const noexcept {}
  static bytes_alone receive(StringInfo) noexcept { return {}; }
  Datum put(int64 number) const noexcept { return Int64GetDatum(number); }
  [[gnu::cold, noreturn]] SERVER_CODE static void out_of_range() {
    pg::raise(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "byte_size out of range", "Sum as numeric: sum(size::numeric).");
  }
};

[[gnu::cold, noreturn]] SERVER_CODE void mixed(currency_code a, currency_code b) {
  ereport(ERROR, errcode(ERRCODE_DATA_EXCEPTION),
          errmsg("cannot add amounts in %c%c%c and %c%c%c", 'A' + a.code / 676, 'A' + a.code / 26 % 26,
                 'A' + a.code % 26, 'A' + b.code / 676, 'A' + b.code / 26 % 26, 'A' + b.code % 26),
          errhint("Group by money_currency(amount), or convert to one currency first."));
  pg_unreachable();
}

struct one_currency {
  currency_code currency;

  static int64 number(Datum value) noexcept { return pg::datum<money_amount>::get(value).minor; }
  static one_currency of(Datum value) noexcept { return {pg::datum<money_amount>::get(value).currency}; }
  SERVER_CODE void join(one_currency other) const {
    if (currency != other.currency) mixed(currency, other.currency);
  }
  SERVER_CODE void send(StringInfo out) const { pq_sendint32(out, static_cast<uint32>(currency.code)); }
  SERVER_CODE static one_currency receive(StringInfo in) {
    one_currency read{};
    read.currency.code = static_cast<int32>(pq_getmsgint(in, 4));
    return read;
  }
  SERVER_CODE Datum put(int64 number) const { return pg::datum<money_amount>::put({currency, number}); }
  [[gnu::cold, noreturn]] SERVER_CODE static void out_of_range() {
    pg::raise(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "money_amount out of range");
  }
};
}  // namespace

PRIMECLOUD_TOTAL_FUNCTIONS(byte_size, bytes_alone);
PRIMECLOUD_TOTAL_FUNCTIONS(money_amount, one_currency);
