// read_shard: envelopes of a shard that certain keys have sealed, with what they are bound to, for the coordinator to
// seal anew: this server has no keys.  Read without SQL, as a reseal reads (reseal_gather.cpp).
#include <algorithm>

#include "core/json/writer.hpp"
#include "pg/array_view.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/string_info.hpp"
#include "secret/column_text.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
}

namespace {
using namespace primecloud;

// An envelope goes there and back twice as long as it is, and is to fit in a statement.
constexpr size_t most_bytes = 4 << 20;

struct work {
  AttrNumber column;
  secret::column_text tenant, id;
  const int64 *keys;  // sorted
  int count;
  StringInfoData rows;
  int found = 0;
};

SERVER_CODE std::optional<std::string_view> part_of(secret::column_text &column, TupleTableSlot *slot) {
  bool null;
  const std::string_view text = secret::text_of_column(column, slot, &null);
  return null ? std::nullopt : std::optional(text);
}

SERVER_CODE void take(work &w, TupleTableSlot *slot, Datum stored) {
  const pg::bytes_view envelope = pg::bytes_in(stored);
  auto *hex = static_cast<char *>(palloc(2 * envelope.size() + 1));
  hex_encode(reinterpret_cast<const char *>(envelope.data()), envelope.size(), hex);
  if (w.found++ > 0) appendStringInfoChar(&w.rows, ',');
  json_writer json(pg::into(&w.rows));
  json.open('{');
  const Datum tid = PointerGetDatum(&slot->tts_tid);
  json.text("at", DatumGetCString(DirectFunctionCall1(tidout, tid)));
  json.text("tenant", part_of(w.tenant, slot));
  json.text("row", part_of(w.id, slot));
  json.number("key", secret::stored_key_id(stored));
  json.text("envelope", std::string_view(hex, 2 * envelope.size()));
  json.close('}');
}

SERVER_CODE ItemPointerData read_rows(work &w, Relation table, ItemPointerData from, BlockNumber end, int most) {
  ItemPointerData last, next;
  ItemPointerSet(&last, end - 1, MaxOffsetNumber);
  ItemPointerSet(&next, end, FirstOffsetNumber);
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  TableScanDesc scan = table_beginscan_tidrange(table, snapshot, &from, &last);
  MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "envelope", ALLOCSET_DEFAULT_SIZES);
  const MemoryContext outside = MemoryContextSwitchTo(row);
  while (table_scan_getnextslot_tidrange(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    if (w.found == most || static_cast<size_t>(w.rows.len) > most_bytes) {
      next = slot->tts_tid;
      break;
    }
    bool null;
    const Datum stored = slot_getattr(slot, w.column, &null);
    if (!null && std::binary_search(w.keys, w.keys + w.count, secret::stored_key_id(stored))) take(w, slot, stored);
    MemoryContextReset(row);
  }
  MemoryContextSwitchTo(outside);
  MemoryContextDelete(row);
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  UnregisterSnapshot(snapshot);
  return next;
}

// Rows, and the tid to go on from.
SERVER_CODE pg::owned_jsonb read_shard(pg::relation shard, std::string_view column, std::string_view tenant_column,
                                       std::string_view id_column, pg::array_view<int64> keys, int64 block,
                                       int32 offset, int64 blocks, int32 most) {
  if (block < 0 || blocks < 1 || block > MaxBlockNumber || blocks > MaxBlockNumber - block || offset < 0 ||
      offset > MaxOffsetNumber || most < 1)
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are no such rows in a table"),
            errhint("The coordinator asks for blocks that a shard has."));
  Relation table = try_table_open(shard.oid, AccessShareLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", shard.oid),
            errhint("It was dropped meanwhile."));
  auto *sorted = static_cast<int64 *>(palloc(sizeof(int64) * static_cast<size_t>(keys.count + 1)));
  std::copy(keys.begin(), keys.end(), sorted);
  std::sort(sorted, sorted + keys.count);
  work w{secret::sealed_column_number(table, pg::c_string(column)),
         secret::find_column_text(table, pg::c_string(tenant_column)),
         secret::find_column_text(table, pg::c_string(id_column)),
         sorted,
         keys.count,
         {},
         0};
  initStringInfo(&w.rows);
  json_writer json(pg::into(&w.rows));
  json.open('{');
  json.name("rows");
  json.open('[');
  ItemPointerData from;
  ItemPointerSet(&from, static_cast<BlockNumber>(block), static_cast<OffsetNumber>(offset));
  const ItemPointerData next = read_rows(w, table, from, static_cast<BlockNumber>(block + blocks), most);
  appendStringInfo(&w.rows, "],\"block\":%u,\"offset\":%u}", ItemPointerGetBlockNumberNoCheck(&next),
                   ItemPointerGetOffsetNumberNoCheck(&next));
  table_close(table, AccessShareLock);
  return {DirectFunctionCall1(jsonb_in, CStringGetDatum(w.rows.data))};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_read_shard, read_shard);
