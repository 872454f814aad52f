// The tables in which something is registered of others, and what is known of those: few rows, read
// without a query.
#pragma once

#include "pg/table.hpp"

extern "C" {
#include "access/htup_details.h"
#include "common/hashfn.h"
}

namespace primecloud::registration {

struct registry {
  const char *schema, *table;
};
inline constexpr registry registries[] = {{"primecloud_internal", "retention_hold"},
                                          {"primecloud_internal", "retention_policy"},
                                          {"primecloud_internal", "known_table"},
                                          {"primecloud_internal", "known_column"},
                                          {"primecloud_internal", "exemption"},
                                          {"primecloud_internal", "membership_source"},
                                          {"primecloud", "sealed_column"}};

// One number for the versions of rows that a snapshot sees, whatever their order: where each stands and
// who wrote it, since a place is given to another row when nobody sees its own any more.  0 for a table
// that is not there.  Server code.
SERVER_CODE inline uint64 versions_of(const registry &of, Snapshot seen) {
  const Oid table = pg::table_in(of.schema, of.table);
  if (!OidIsValid(table)) return 0;
  uint64 sum = table;
  pg::for_each_slot(table, seen, [&](TupleTableSlot *slot) {
    bool copied;
    const HeapTuple row = ExecFetchSlotHeapTuple(slot, false, &copied);
    const uint32 version[] = {ItemPointerGetBlockNumber(&slot->tts_tid), ItemPointerGetOffsetNumber(&slot->tts_tid),
                              HeapTupleHeaderGetRawXmin(row->t_data)};
    sum += hash_bytes_extended(reinterpret_cast<const unsigned char *>(version), sizeof version, 0);
  });
  return sum;
}

}  // namespace primecloud::registration
