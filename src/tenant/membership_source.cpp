#include "tenant/membership_source.hpp"

#include "pg/cached_table.hpp"

extern "C" {
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/memutils.h"
}

namespace primecloud::tenant {
namespace {

// primecloud_internal.known_table, as far as it is read here.
enum known_column { known_schema = 3, known_name, known_owner, known_owner_id, known_columns };

// A role that took the name of another since is not believed.
SERVER_CODE Oid owner_of(const membership_source &from, Snapshot seen) {
  Oid owner = InvalidOid;
  const auto is = [](Datum stored, const char *text) { return pg::text_in(stored) == text; };
  pg::for_each_row<known_columns>(pg::internal_table("known_table"), seen, [&](const Datum *known, const bool *) {
    if (is(known[known_name], from[relation_name]) && is(known[known_schema], from[relation_schema]) &&
        is(known[known_owner], from[relation_owner]))
      owner = DatumGetObjectId(known[known_owner_id]);
  });
  return OidIsValid(owner) ? owner : get_role_oid(from[relation_owner], true);
}

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
  if (read != nullptr) read->owner = owner_of(*read, seen);
  return read;
}

struct {
  bool known = false;
  MemoryContext memory = nullptr;
  const membership_source *source = nullptr;
} kept;

void forget() noexcept { kept.known = false; }
pg::cached_table table{"membership_source", forget};

// (Where the extension is not there yet, or the owner is not, nothing tells of it: not kept.)
SERVER_CODE const membership_source *load(Oid oid) {
  if (kept.memory == nullptr)
    kept.memory = AllocSetContextCreate(TopMemoryContext, "membership registration", ALLOCSET_SMALL_SIZES);
  MemoryContextReset(kept.memory);
  kept.source = nullptr;
  const MemoryContext before = MemoryContextSwitchTo(kept.memory);
  kept.source = read_source(oid, GetLatestSnapshot());
  MemoryContextSwitchTo(before);
  kept.known = OidIsValid(oid) && (kept.source == nullptr || OidIsValid(kept.source->owner));
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
