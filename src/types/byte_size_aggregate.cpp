// sum(byte_size) and avg(byte_size): a 128-bit total, checked once at the end.
#include "core/types/rounding.hpp"
#include "pg/server_function.hpp"

extern "C" {
#include "libpq/pqformat.h"
}

namespace {
using namespace primecloud;

struct total {
  int128 sum;
  int64 count;
};

MemoryContext aggregate_memory(FunctionCallInfo fcinfo) {
  MemoryContext memory;
  if (!AggCheckCallContext(fcinfo, &memory)) elog(ERROR, "aggregate function called in non-aggregate context");
  return memory;
}

total *state(FunctionCallInfo fcinfo, int argument) noexcept {
  return fcinfo->args[argument].isnull ? nullptr : reinterpret_cast<total *>(DatumGetPointer(fcinfo->args[argument].value));
}
total *new_state(FunctionCallInfo fcinfo) {
  return static_cast<total *>(MemoryContextAllocZero(aggregate_memory(fcinfo), sizeof(total)));
}

Datum accumulate(FunctionCallInfo fcinfo) noexcept {
  total *at = state(fcinfo, 0);
  if (at == nullptr) at = new_state(fcinfo);
  if (!fcinfo->args[1].isnull) {
    at->sum += DatumGetInt64(fcinfo->args[1].value);
    at->count++;
  }
  return PointerGetDatum(at);
}

// A value leaves a moving window.
Datum leave(FunctionCallInfo fcinfo) noexcept {
  total *at = state(fcinfo, 0);
  if (at == nullptr) elog(ERROR, "a window lost a value before it had one");
  if (!fcinfo->args[1].isnull) {
    at->sum -= DatumGetInt64(fcinfo->args[1].value);
    at->count--;
  }
  return PointerGetDatum(at);
}

Datum combine(FunctionCallInfo fcinfo) noexcept {
  total *at = state(fcinfo, 0);
  const total *other = state(fcinfo, 1);
  if (at == nullptr) at = new_state(fcinfo);
  if (other != nullptr) {
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
  pq_getmsgend(&in);
  return PointerGetDatum(at);
}

Datum finish(FunctionCallInfo fcinfo, int64 divisor) {
  const total *at = state(fcinfo, 0);
  const auto whole = divide_half_away(at->sum, divisor);
  if (!whole) pg::raise(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "byte_size out of range", "Sum as numeric: sum(size::numeric).");
  return Int64GetDatum(*whole);
}

bool is_empty(FunctionCallInfo fcinfo) noexcept {
  const total *at = state(fcinfo, 0);
  fcinfo->isnull = at == nullptr || at->count == 0;
  return fcinfo->isnull;
}

Datum sum(FunctionCallInfo fcinfo) noexcept { return is_empty(fcinfo) ? 0 : finish(fcinfo, 1); }
Datum average(FunctionCallInfo fcinfo) noexcept { return is_empty(fcinfo) ? 0 : finish(fcinfo, state(fcinfo, 0)->count); }
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_byte_size_accumulate, accumulate);
PRIMECLOUD_SERVER_FUNCTION(primecloud_byte_size_remove, leave);
PRIMECLOUD_SERVER_FUNCTION(primecloud_byte_size_combine, combine);
PRIMECLOUD_SERVER_FUNCTION(primecloud_byte_size_serialize, serialize);
PRIMECLOUD_SERVER_FUNCTION(primecloud_byte_size_deserialize, deserialize);
PRIMECLOUD_SERVER_FUNCTION(primecloud_byte_size_sum, sum);
PRIMECLOUD_SERVER_FUNCTION(primecloud_byte_size_average, average);
