#include "secret/reseal_gather.hpp"
#include "core/json/writer.hpp"
#include "pg/c_string.hpp"
#include "pg/string_info.hpp"
#include "secret/column_text.hpp"
#include "secret/key_standing.hpp"
#include "secret/place.hpp"
#include "secret/seal_anew.hpp"
#include "secret/sealed.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/multixact.h"
#include "access/xact.h"
#include "lib/stringinfo.h"
#include "storage/procarray.h"
}

namespace primecloud::secret {
namespace {

// More would only fill memory: envelopes of a mebibyte are allowed.
constexpr size_t most_bytes = 8 << 20;

struct work {
  const reseal_request &request;
  gathered found;
  AttrNumber column;
  column_text tenant, id;
  key_standings keys;
  MemoryContext batch, row;
  size_t bytes = 0;
  int refused = 0;  // rows noted under request.refusal
  plaintext_room room = {};
};

// Whether another transaction has the row, as far as the row itself tells.
SERVER_CODE bool looks_locked(TupleTableSlot *slot) {
  bool copied;
  const HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &copied);
  const HeapTupleHeader header = tuple->t_data;
  if ((header->t_infomask & HEAP_XMAX_INVALID) != 0) return false;
  const TransactionId xmax = HeapTupleHeaderGetRawXmax(header);
  if ((header->t_infomask & HEAP_XMAX_IS_MULTI) != 0)
    return MultiXactIdIsRunning(xmax, HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask));
  // A foreign key's lock on the key does not mind.
  if (HEAP_XMAX_IS_KEYSHR_LOCKED(header->t_infomask) && HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask)) return false;
  return !TransactionIdIsCurrentTransactionId(xmax) && TransactionIdIsInProgress(xmax);
}

SERVER_CODE void take(work &w, TupleTableSlot *slot, Datum stored, std::int64_t key_id, standing state) {
  bool no_tenant, no_id;
  const std::string_view tenant = text_of_column(w.tenant, slot, &no_tenant), id = text_of_column(w.id, slot, &no_id);
  const char *problem = why_not(state);
  if (problem == nullptr && w.request.refusal != nullptr) {
    problem = w.request.refusal;
    w.refused++;
  }
  if (problem == nullptr && (no_tenant || no_id)) problem = "22004";
  if (problem == nullptr &&
      (tenant.empty() || id.empty() || tenant.size() > longest_tenant || id.size() > longest_row_id))
    problem = "22023";
  candidate &next = w.found.rows[w.found.count];
  if (problem == nullptr) {
    const bytes_span envelope = pg::bytes_in(stored);
    MemoryContextSwitchTo(w.batch);
    if (envelope_problem(envelope) != nullptr)
      problem = "PC006";
    else if ((problem = seal_anew(envelope, {tenant, w.request.label, id}, w.room, &next.after)) == nullptr) {
      next.tid = slot->tts_tid;
      next.before = pg::datum<pg::bytes_view>::put(envelope);
      next.tenant = pg::c_string(tenant);
      next.id = pg::c_string(id);
      next.key = key_id;
      w.bytes += 2 * envelope.size();
      w.found.count++;
    }
    MemoryContextSwitchTo(w.row);
  }
  if (problem != nullptr) {
    MemoryContextSwitchTo(w.batch);
    note_problem(&w.found.problems, pg::c_string(tenant), pg::c_string(id), key_id, problem);
    MemoryContextSwitchTo(w.row);
  }
}

SERVER_CODE void prepare(work &w, Relation table) {
  w.keys.begin();
  w.column = sealed_column_number(table, w.request.column);
  w.tenant = find_column_text(table, w.request.tenant_column);
  w.id = find_column_text(table, w.request.id_column);
  w.found.rows = static_cast<candidate *>(palloc(sizeof(candidate) * static_cast<size_t>(w.request.most)));
  w.batch = CurrentMemoryContext;
  w.row = AllocSetContextCreate(CurrentMemoryContext, "row to reseal", ALLOCSET_DEFAULT_SIZES);
  initStringInfo(&w.found.problems);
  appendStringInfoChar(&w.found.problems, '[');
}

}  // namespace

SERVER_CODE void note_problem(StringInfo problems, const char *tenant, const char *id, std::int64_t key,
                              const char *code) {
  if (problems->len > 1) appendStringInfoChar(problems, ',');
  json_writer json(pg::into(problems));
  json.open('{');
  json.text("tenant", tenant);
  json.text("row", id);
  json.number("key", key);
  json.text("code", code);
  json.close('}');
}

SERVER_CODE gathered gather_rows(Relation table, Snapshot snapshot, const reseal_request &request) {
  work w{request, {}, 0, {}, {}, {}, nullptr, nullptr};
  prepare(w, table);
  ItemPointerData from = request.from, last;
  const BlockNumber first = ItemPointerGetBlockNumberNoCheck(&from);
  const BlockNumber end = request.blocks > MaxBlockNumber - first ? MaxBlockNumber : first + request.blocks - 1;
  ItemPointerSet(&last, end, MaxOffsetNumber);
  ItemPointerSet(&w.found.next, end + 1, FirstOffsetNumber);
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  TableScanDesc scan = table_beginscan_tidrange(table, snapshot, &from, &last);
  MemoryContextSwitchTo(w.row);
  while (table_scan_getnextslot_tidrange(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    if (w.found.count + w.refused == request.most || w.bytes > most_bytes) {
      w.found.next = slot->tts_tid;
      break;
    }
    bool null;
    const Datum stored = slot_getattr(slot, w.column, &null);
    if (null) continue;
    const std::int64_t key_id = stored_key_id(stored);
    const standing state = w.keys.of(key_id);
    if (state == standing::current) continue;
    if (state == standing::older && !request.careful && looks_locked(slot))
      w.found.locked++;
    else
      take(w, slot, stored, key_id, state);
    MemoryContextReset(w.row);
  }
  MemoryContextSwitchTo(w.batch);
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  MemoryContextDelete(w.row);
  return w.found;
}

}  // namespace primecloud::secret
