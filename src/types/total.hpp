// sum and avg of a type that is a number with a unit: a 128-bit total in one unit, checked
// once at the end.
//
// `Unit` is what stands beside the number, and says
//   static int64 number(Datum), static Unit of(Datum)   what a value is made of
//   void join(Unit)                                     raises where the two do not add up
//   void send(StringInfo), static Unit receive(StringInfo)
//   Datum put(int64)                                    the value of a number in this unit
//   static void out_of_range()                          raises
#pragma once

#include "core/types/rounding.hpp"
#include "pg/server_function.hpp"
#include "pg/varlena.hpp"

extern "C" {
#include "libpq/pqformat.h"
}

namespace primecloud {

template <class Unit>
struct total {
  int128 sum;
  int64 count;
  Unit unit;  // of the first value

  static total *given(FunctionCallInfo fcinfo, int argument) noexcept {
    return fcinfo->args[argument].isnull ? nullptr
                                         : reinterpret_cast<total *>(DatumGetPointer(fcinfo->args[argument].value));
  }
  SERVER_CODE static total *begun(FunctionCallInfo fcinfo) {
    if (total *at = given(fcinfo, 0)) return at;
    MemoryContext memory;
    if (!AggCheckCallContext(fcinfo, &memory)) elog(ERROR, "aggregate function called in non-aggregate context");
    return static_cast<total *>(MemoryContextAllocZero(memory, sizeof(total)));
  }
  SERVER_CODE void join(Unit with) {
    if (count == 0) unit = with;
    unit.join(with);
  }

  SERVER_CODE static Datum accumulate(FunctionCallInfo fcinfo) noexcept {
    total *at = begun(fcinfo);
    if (!fcinfo->args[1].isnull) {
      at->join(Unit::of(fcinfo->args[1].value));
      at->sum += Unit::number(fcinfo->args[1].value);
      at->count++;
    }
    return PointerGetDatum(at);
  }

  // A value leaves a moving window; its unit is that of all the others.
  SERVER_CODE static Datum leave(FunctionCallInfo fcinfo) noexcept {
    total *at = given(fcinfo, 0);
    if (at == nullptr) elog(ERROR, "a window lost a value before it had one");
    if (!fcinfo->args[1].isnull) {
      at->sum -= Unit::number(fcinfo->args[1].value);
      at->count--;
    }
    return PointerGetDatum(at);
  }

  SERVER_CODE static Datum combine(FunctionCallInfo fcinfo) noexcept {
    total *at = begun(fcinfo);
    const total *other = given(fcinfo, 1);
    if (other != nullptr && other->count > 0) {
      at->join(other->unit);
      at->sum += other->sum;
      at->count += other->count;
    }
    return PointerGetDatum(at);
  }

  SERVER_CODE static Datum serialize(FunctionCallInfo fcinfo) noexcept {
    total *at = given(fcinfo, 0);
    StringInfoData out;
    pq_begintypsend(&out);
    pq_sendint64(&out, static_cast<int64>(at->sum >> 64));
    pq_sendint64(&out, static_cast<int64>(static_cast<uint64>(at->sum)));
    pq_sendint64(&out, at->count);
    at->unit.send(&out);
    return PointerGetDatum(pq_endtypsend(&out));
  }

  SERVER_CODE static Datum deserialize(FunctionCallInfo fcinfo) noexcept {
    const std::string_view bytes = pg::text_in(fcinfo->args[0].value);
    StringInfoData in;
    initStringInfo(&in);
    appendBinaryStringInfo(&in, bytes.data(), static_cast<int>(bytes.size()));
    auto *at = static_cast<total *>(palloc(sizeof(total)));
    const int64 high = pq_getmsgint64(&in), low = pq_getmsgint64(&in);
    at->sum =
        static_cast<int128>(static_cast<unsigned __int128>(static_cast<uint64>(high)) << 64 | static_cast<uint64>(low));
    at->count = pq_getmsgint64(&in);
    at->unit = Unit::receive(&in);
    pq_getmsgend(&in);
    return PointerGetDatum(at);
  }

  SERVER_CODE static Datum finish(FunctionCallInfo fcinfo, bool average) {
    total *at = given(fcinfo, 0);
    fcinfo->isnull = at == nullptr || at->count == 0;
    if (fcinfo->isnull) return 0;
    const auto number = divide_half_away(at->sum, average ? at->count : 1);
    if (!number) Unit::out_of_range();
    return at->unit.put(*number);
  }
  SERVER_CODE static Datum sum_of(FunctionCallInfo fcinfo) noexcept { return finish(fcinfo, false); }
  SERVER_CODE static Datum average_of(FunctionCallInfo fcinfo) noexcept { return finish(fcinfo, true); }
};

}  // namespace primecloud

// The seven functions that an aggregate pair is made of.
#define PRIMECLOUD_TOTAL_FUNCTIONS(type, Unit)                                           \
  PRIMECLOUD_SERVER_FUNCTION(primecloud_##type##_accumulate, total<Unit>::accumulate);   \
  PRIMECLOUD_SERVER_FUNCTION(primecloud_##type##_remove, total<Unit>::leave);            \
  PRIMECLOUD_SERVER_FUNCTION(primecloud_##type##_combine, total<Unit>::combine);         \
  PRIMECLOUD_SERVER_FUNCTION(primecloud_##type##_serialize, total<Unit>::serialize);     \
  PRIMECLOUD_SERVER_FUNCTION(primecloud_##type##_deserialize, total<Unit>::deserialize); \
  PRIMECLOUD_SERVER_FUNCTION(primecloud_##type##_sum, total<Unit>::sum_of);              \
  PRIMECLOUD_SERVER_FUNCTION(primecloud_##type##_average, total<Unit>::average_of)
