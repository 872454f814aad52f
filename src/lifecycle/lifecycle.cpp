// The type: text and binary in and out, comparison.
#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle/types.hpp"
#include "pg/c_string.hpp"

extern "C" {
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
}

namespace primecloud::lifecycle {

struct message {
  StringInfo buffer;
};
struct printed {
  std::string text;
};
// Compared once, not for every row of a scan: unpacked each time.
struct compared {
  bytes record;
};

}  // namespace primecloud::lifecycle

namespace primecloud::pg {

template <>
struct datum<lifecycle::message> {
  static constexpr const char *sql = "internal";
  static lifecycle::message get(Datum d) noexcept { return {reinterpret_cast<StringInfo>(DatumGetPointer(d))}; }
};
template <>
struct datum<lifecycle::printed> {
  static constexpr const char *sql = "cstring";
  static Datum put(const lifecycle::printed &v) { return CStringGetDatum(c_string_of(v.text)); }
};
template <>
struct datum<lifecycle::compared> {
  static constexpr const char *sql = "primecloud.lifecycle";
  SERVER_CODE static lifecycle::compared get(Datum d) { return {bytes_in(d)}; }
};

}  // namespace primecloud::pg

namespace {
using namespace primecloud;
using namespace primecloud::lifecycle;

// Prefixes are compared with keys byte by byte, and S3 speaks UTF-8: in another
// encoding only ASCII means the same.
bool representable(std::string_view text) noexcept {
  if (GetDatabaseEncoding() == PG_UTF8) return true;
  for (const char c : text) {
    if (static_cast<signed char>(c) < 0) return false;
  }
  return true;
}

error not_representable() {
  return error(sqlstate{"22P05"}, "a lifecycle configuration with characters beyond ASCII needs a database in UTF8")
      .with_hint("Keep such configurations in a database created with ENCODING 'UTF8'.");
}

result<made> lifecycle_in(const char *document) {
  if (!representable(document)) return not_representable();
  const auto parsed = parse(document);
  if (!parsed) return parsed.reason();
  // An escape may say in ASCII what is not.
  if (GetDatabaseEncoding() != PG_UTF8 && !representable(write_json(decode_trusted(*parsed))))
    return not_representable();
  return made{*parsed};
}

printed lifecycle_out(compared config) { return {write_json(decode_trusted(config.record))}; }

result<made> lifecycle_recv(message sent) {
  const StringInfo buffer = sent.buffer;
  const bytes record{reinterpret_cast<const std::uint8_t *>(buffer->data) + buffer->cursor,
                     static_cast<size_t>(buffer->len - buffer->cursor)};
  buffer->cursor = buffer->len;
  const auto received = receive(record);
  if (!received) return received.reason();
  if (!representable(write_json(decode_trusted(*received)))) return not_representable();
  return made{*received};
}

std::span<const std::uint8_t> lifecycle_send(compared config) noexcept { return config.record; }

int compare(compared a, compared b) noexcept {
  const auto shorter = std::min(a.record.size(), b.record.size());
  if (const int c = std::memcmp(a.record.data(), b.record.data(), shorter); c != 0) return c < 0 ? -1 : 1;
  return a.record.size() == b.record.size() ? 0 : a.record.size() < b.record.size() ? -1 : 1;
}

bool lifecycle_eq(compared a, compared b) noexcept { return compare(a, b) == 0; }
bool lifecycle_ne(compared a, compared b) noexcept { return compare(a, b) != 0; }
bool lifecycle_lt(compared a, compared b) noexcept { return compare(a, b) < 0; }
bool lifecycle_le(compared a, compared b) noexcept { return compare(a, b) <= 0; }
bool lifecycle_gt(compared a, compared b) noexcept { return compare(a, b) > 0; }
bool lifecycle_ge(compared a, compared b) noexcept { return compare(a, b) >= 0; }
int32 lifecycle_cmp(compared a, compared b) noexcept { return compare(a, b); }
int32 lifecycle_hash(compared a) noexcept {
  return static_cast<int32>(hash_bytes(a.record.data(), static_cast<int>(a.record.size())));
}
int64 lifecycle_hash_extended(compared a, int64 seed) noexcept {
  return static_cast<int64>(
      hash_bytes_extended(a.record.data(), static_cast<int>(a.record.size()), static_cast<uint64>(seed)));
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_lifecycle_in, lifecycle_in);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_out, lifecycle_out);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_send, lifecycle_send);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_eq, lifecycle_eq);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_ne, lifecycle_ne);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_lt, lifecycle_lt);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_le, lifecycle_le);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_gt, lifecycle_gt);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_ge, lifecycle_ge);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_cmp, lifecycle_cmp);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_hash, lifecycle_hash);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_hash_extended, lifecycle_hash_extended);

// The server alone calls it, so there is no signature for a test to compare.
extern "C" {
PGDLLEXPORT Datum primecloud_lifecycle_recv(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_lifecycle_recv);
Datum primecloud_lifecycle_recv(PG_FUNCTION_ARGS) { return pg::entry<&lifecycle_recv>::call(fcinfo); }
}
