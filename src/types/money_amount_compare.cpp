// money_amount: comparison, sorting, hashing.  None of it raises an error, and all of it
// agrees: equal amounts are equal bytes.
#include "pg/function.hpp"
#include "pg/server_function.hpp"
#include "types/datum.hpp"

extern "C" {
#include "common/hashfn.h"
#include "utils/sortsupport.h"
}

namespace {
using namespace primecloud;

bool is_equal(money_amount a, money_amount b) noexcept { return a == b; }
bool unequal(money_amount a, money_amount b) noexcept { return a != b; }
bool less(money_amount a, money_amount b) noexcept { return a < b; }
bool at_most(money_amount a, money_amount b) noexcept { return a <= b; }
bool greater(money_amount a, money_amount b) noexcept { return a > b; }
bool at_least(money_amount a, money_amount b) noexcept { return a >= b; }
money_amount larger(money_amount a, money_amount b) noexcept { return a < b ? b : a; }
money_amount smaller(money_amount a, money_amount b) noexcept { return b < a ? b : a; }

int32 compare(money_amount a, money_amount b) noexcept {
  if (a.currency != b.currency) return a.currency < b.currency ? -1 : 1;
  return a.minor < b.minor ? -1 : a.minor > b.minor;
}

extern "C" {
static int compare_datums(Datum a, Datum b, SortSupport) noexcept {
  return compare(pg::datum<money_amount>::get(a), pg::datum<money_amount>::get(b));
}

// 15 bits of currency and 49 of amount, which hold every amount below 2^48 minor units
// exactly; greater ones share the outermost key and are told apart in full.
static Datum abbreviate(Datum original, SortSupport) noexcept {
  constexpr int64 half = int64{1} << 48;
  const auto amount = pg::datum<money_amount>::get(original);
  const int64 bounded = amount.minor < -half ? -half : amount.minor >= half ? half - 1 : amount.minor;
  return static_cast<Datum>(static_cast<uint64>(amount.currency.code) << 49 | static_cast<uint64>(bounded + half));
}

// Keys are nearly whole values: there is nothing to gain from giving up on them.
static bool never_abort(int, SortSupport) noexcept { return false; }
}

Datum sort_support(FunctionCallInfo fcinfo) noexcept {
  auto *support = reinterpret_cast<SortSupport>(DatumGetPointer(fcinfo->args[0].value));
  support->comparator = compare_datums;
  if (SIZEOF_DATUM == 8 && support->abbreviate) {
    support->comparator = ssup_datum_unsigned_cmp;
    support->abbrev_converter = abbreviate;
    support->abbrev_abort = never_abort;
    support->abbrev_full_comparator = compare_datums;
  }
  return 0;
}

// The stored bytes themselves: no padding, one representation of each value.
struct stored {
  const unsigned char *bytes;
};
int32 hash(stored amount) noexcept {
  return static_cast<int32>(hash_bytes(amount.bytes, pg::datum<money_amount>::size));
}
int64 hash_extended(stored amount, int64 seed) noexcept {
  return static_cast<int64>(
      hash_bytes_extended(amount.bytes, pg::datum<money_amount>::size, static_cast<uint64>(seed)));
}
}  // namespace

namespace primecloud::pg {
template <>
struct datum<stored> {
  static constexpr const char *sql = datum<money_amount>::sql;
  static stored get(Datum d) noexcept { return {reinterpret_cast<const unsigned char *>(DatumGetPointer(d))}; }
};
}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_money_amount_eq, is_equal);
PRIMECLOUD_FUNCTION(primecloud_money_amount_ne, unequal);
PRIMECLOUD_FUNCTION(primecloud_money_amount_lt, less);
PRIMECLOUD_FUNCTION(primecloud_money_amount_le, at_most);
PRIMECLOUD_FUNCTION(primecloud_money_amount_gt, greater);
PRIMECLOUD_FUNCTION(primecloud_money_amount_ge, at_least);
PRIMECLOUD_FUNCTION(primecloud_money_amount_cmp, compare);
PRIMECLOUD_FUNCTION(primecloud_money_amount_larger, larger);
PRIMECLOUD_FUNCTION(primecloud_money_amount_smaller, smaller);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_sortsupport, sort_support);
PRIMECLOUD_FUNCTION(primecloud_money_amount_hash, hash);
PRIMECLOUD_FUNCTION(primecloud_money_amount_hash_extended, hash_extended);
