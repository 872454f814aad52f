#include "tenant/membership_source.hpp"

#include "pg/cached_table.hpp"

extern "C" {
#include "utils/inval.h"
#include "utils/memutils.h"
}

namespace primecloud::tenant {
namespace {

SERVER_CODE const membership_source *read_source(Oid table, Snapshot seen) {
  membership_source *read = nullptr;
  if (!OidIsValid(table)) return read;
  const MemoryContext here = CurrentMemoryContext;
  pg::for_each_row<source_columns + 1>(table, seen, [&](const Datum *values, const bool *nulls) {
    const MemoryContext before = MemoryContextSwitchTo(here);
    read = static_cast<membership_source *>(palloc0(sizeof(membership_source)));
    for (int i = 0; i < source_columns; i++)
      read->text[i] = nulls[i + 1] ? nullptr : TextDatumGetCString(values[i + 1]);
    MemoryContextSwitchTo(before);
  });
  return read;
}

struct {
  bool known = false;
  MemoryContext memory = nullptr;
  const membership_source *source = nullptr;
} kept;

void forget() noexcept { kept.known = false; }
pg::cached_table table{"membership_source", forget};

// (Where the extension is not there yet, nothing tells of it: not kept.)
SERVER_CODE const membership_source *load(Oid oid) {
  if (kept.memory == nullptr)
    kept.memory = AllocSetContextCreate(TopMemoryContext, "membership registration", ALLOCSET_SMALL_SIZES);
  MemoryContextReset(kept.memory);
  kept.source = nullptr;
  const MemoryContext before = MemoryContextSwitchTo(kept.memory);
  kept.source = read_source(oid, GetLatestSnapshot());
  MemoryContextSwitchTo(before);
  kept.known = OidIsValid(oid);
  return kept.source;
}

}  // namespace

const membership_source *registered_source() {
  // No lock is taken for what is kept, so nothing else would listen.
  AcceptInvalidationMessages();
  return kept.known ? kept.source : table.read([](Oid oid) { return load(oid); });
}

const membership_source *source_seen(Snapshot seen) { return read_source(table.oid(), seen); }

}  // namespace primecloud::tenant
