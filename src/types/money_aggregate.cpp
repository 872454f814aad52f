// sum(money_amount) and avg(money_amount): a 128-bit total in one currency.
#include "core/types/rounding.hpp"
#include "pg/server_function.hpp"
#include "types/datum.hpp"

extern "C" {
#include "libpq/pqformat.h"
}

namespace {
using namespace primecloud;

struct total {
  int128 sum;
  int64 count;
  currency_code currency;  // of the first value
};

total *state(FunctionCallInfo fcinfo, int argument) noexcept {
  return fcinfo->args[argument].isnull ? nullptr : reinterpret_cast<total *>(DatumGetPointer(fcinfo->args[argument].value));
}
total *new_state(FunctionCallInfo fcinfo) {
  MemoryContext memory;
  if (!AggCheckCallContext(fcinfo, &memory)) elog(ERROR, "aggregate function called in non-aggregate context");
  return static_cast<total *>(MemoryContextAllocZero(memory, sizeof(total)));
}

[[gnu::cold, noreturn]] void mixed(currency_code a, currency_code b) {
  ereport(ERROR, errcode(ERRCODE_DATA_EXCEPTION),
          errmsg("cannot add amounts in %c%c%c and %c%c%c", 'A' + a.code / 676, 'A' + a.code / 26 % 26, 'A' + a.code % 26,
                 'A' + b.code / 676, 'A' + b.code / 26 % 26, 'A' + b.code % 26),
          errhint("Group by money_currency(amount), or convert to one currency first."));
  pg_unreachable();
}

void join(total &at, currency_code currency) {
  if (at.count == 0) at.currency = currency;
  if (at.currency != currency) mixed(at.currency, currency);
}

Datum accumulate(FunctionCallInfo fcinfo) noexcept {
  total *at = state(fcinfo, 0);
  if (at == nullptr) at = new_state(fcinfo);
  if (!fcinfo->args[1].isnull) {
    const auto amount = pg::datum<money_amount>::get(fcinfo->args[1].value);
    join(*at, amount.currency);
    at->sum += amount.minor;
    at->count++;
  }
  return PointerGetDatum(at);
}

// A value leaves a moving window; its currency is that of all the others.
Datum leave(FunctionCallInfo fcinfo) noexcept {
  total *at = state(fcinfo, 0);
  if (at == nullptr) elog(ERROR, "a window lost a value before it had one");
  if (!fcinfo->args[1].isnull) {
    at->sum -= pg::datum<money_amount>::get(fcinfo->args[1].value).minor;
    at->count--;
  }
  return PointerGetDatum(at);
}

Datum combine(FunctionCallInfo fcinfo) noexcept {
  total *at = state(fcinfo, 0);
  const total *other = state(fcinfo, 1);
  if (at == nullptr) at = new_state(fcinfo);
  if (other != nullptr && other->count > 0) {
    join(*at, other->currency);
    at->sum += other->sum;
    at->count += other->count;
  }
  return PointerGetDatum(at);
}

Datum serialize(FunctionCallInfo fcinfo) noexcept {
  const total *at = state(fcinfo, 0);
  StringInfoData out;
  pq_begintypsend(&out);
  pq_sendint64(&out, static_cast<int64>(at->sum >> 64));
  pq_sendint64(&out, static_cast<int64>(static_cast<uint64>(at->sum)));
  pq_sendint64(&out, at->count);
  pq_sendint32(&out, static_cast<uint32>(at->currency.code));
  return PointerGetDatum(pq_endtypsend(&out));
}

Datum deserialize(FunctionCallInfo fcinfo) noexcept {
  const bytea *bytes = DatumGetByteaPP(fcinfo->args[0].value);
  StringInfoData in;
  initStringInfo(&in);
  appendBinaryStringInfo(&in, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
  auto *at = static_cast<total *>(palloc(sizeof(total)));
  const int64 high = pq_getmsgint64(&in), low = pq_getmsgint64(&in);
  at->sum = static_cast<int128>(static_cast<unsigned __int128>(static_cast<uint64>(high)) << 64 | static_cast<uint64>(low));
  at->count = pq_getmsgint64(&in);
  at->currency.code = static_cast<int32>(pq_getmsgint(&in, 4));
  pq_getmsgend(&in);
  return PointerGetDatum(at);
}

bool is_empty(FunctionCallInfo fcinfo) noexcept {
  const total *at = state(fcinfo, 0);
  fcinfo->isnull = at == nullptr || at->count == 0;
  return fcinfo->isnull;
}

Datum finish(FunctionCallInfo fcinfo, int64 divisor) {
  const total *at = state(fcinfo, 0);
  const auto minor = divide_half_away(at->sum, divisor);
  if (!minor) pg::raise(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "money_amount out of range");
  return pg::datum<money_amount>::put({at->currency, *minor});
}

Datum sum(FunctionCallInfo fcinfo) noexcept { return is_empty(fcinfo) ? 0 : finish(fcinfo, 1); }
Datum average(FunctionCallInfo fcinfo) noexcept { return is_empty(fcinfo) ? 0 : finish(fcinfo, state(fcinfo, 0)->count); }
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_accumulate, accumulate);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_remove, leave);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_combine, combine);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_serialize, serialize);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_deserialize, deserialize);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_sum, sum);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_average, average);
