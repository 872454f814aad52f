// Functions that misbehave in every way a C++ function can, and two trivial ones
// that are timed against plain C.  Built by the tests alone, never installed.
#include <new>
#include <stdexcept>

#include "pg/attempt.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

extern "C" {
PG_MODULE_MAGIC;
}

namespace {
using namespace primecloud;

int64 add(int64 left, int64 right) noexcept { return left + right; }

// May throw, and so passes the boundary; the throw itself is kept out of the way.
[[gnu::cold, noreturn]] void refuse(int64 value) {
  throw error(out_of_range, "value is negative: " + std::to_string(value))
      .with_detail("Only counts are added.")
      .with_hint("Pass a count.");
}
int64 add_counts(int64 left, int64 right) {
  if (left < 0) refuse(left);
  return left + right;
}
int32 length(std::string_view text) { return static_cast<int32>(text.size()); }

// How many objects with destructors are alive: none may be left behind.
int alive = 0;
struct tracked {
  tracked() { alive++; }
  ~tracked() { alive--; }
  tracked(const tracked &) = delete;
  std::string owned = std::string(4096, 'x');
};
int32 objects_alive() noexcept { return alive; }

pg::nothing misbehave(std::string_view how) {
  const tracked object;
  if (how == "domain error") throw error(sqlstate{"PC999"}, "a domain error").with_hint("Look closer.");
  if (how == "exception") throw std::runtime_error("a standard exception");
  if (how == "bad_alloc") throw std::bad_alloc();
  if (how == "foreign") throw 42;
  if (how == "huge") {
    std::string s;
    s.resize(s.max_size());
  }
  if (how == "server error") {
    pg::guarded(
        [] { ereport(ERROR, errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("a server error"), errhint("Divide less.")); });
  }
  return {};
}

// Survives as many server errors as it is told to.
int32 survive(int32 failures) {
  const tracked object;
  int32 seen = 0;
  for (int32 i = 0; i < failures; i++) {
    if (pg::attempt([] { ereport(ERROR, errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("swallowed")); })) seen++;
  }
  return seen;
}

pg::rows<std::tuple<int32, std::optional<std::string>>> series(int32 count) {
  pg::rows<std::tuple<int32, std::optional<std::string>>> all;
  for (int32 i = 1; i <= count; i++) all.emplace_back(i, i % 2 ? std::optional(std::string(i, 'x')) : std::nullopt);
  return all;
}
std::optional<int64> when_present(std::optional<int64> value) noexcept { return value; }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_probe_add, add);
PRIMECLOUD_FUNCTION(primecloud_probe_add_counts, add_counts);
PRIMECLOUD_FUNCTION(primecloud_probe_length, length);
PRIMECLOUD_FUNCTION(primecloud_probe_alive, objects_alive);
PRIMECLOUD_FUNCTION(primecloud_probe_misbehave, misbehave);
PRIMECLOUD_FUNCTION(primecloud_probe_survive, survive);
PRIMECLOUD_FUNCTION(primecloud_probe_series, series);
PRIMECLOUD_FUNCTION(primecloud_probe_when_present, when_present);
