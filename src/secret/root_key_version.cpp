#include "secret/root_key_version.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/row_beside.hpp"
#include "pg/table.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/timestamp.h"
}

namespace primecloud::secret {

root_check check_root(std::int32_t version, const std::uint8_t *value) {
  auto found = root_check::first;
  pg::for_each_row<2>(pg::internal_table("root_key_version"), [&](Datum *values, bool *) {
    if (DatumGetInt32(values[0]) != version) {
      if (found == root_check::first) found = root_check::unknown;
      return;
    }
    const std::string_view recorded = pg::text_in(values[1]);
    found = recorded.size() == 8 && memcmp(recorded.data(), value, 8) == 0 ? root_check::right : root_check::wrong;
  });
  return found;
}

std::int32_t newest_recorded_root() {
  std::int32_t newest = 0;
  pg::for_each_row<2>(pg::internal_table("root_key_version"), [&](Datum *values, bool *) {
    if (DatumGetInt32(values[0]) > newest) newest = DatumGetInt32(values[0]);
  });
  return newest;
}

void record_root(std::int32_t version, const std::uint8_t *value) {
  LOCKTAG tag;  // beside the advisory locks that SQL can take, which end in 1 and 2
  SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, static_cast<uint32>(version), 0x5045);
  LockAcquire(&tag, ExclusiveLock, false, false);  // held for a moment by everybody
  if (check_root(version, value) != root_check::right) {
    Relation table = table_open(pg::internal_table("root_key_version"), RowExclusiveLock);
    if (RelationGetDescr(table)->natts != 3) elog(ERROR, "root_key_version has unexpected columns");
    TupleTableSlot *slot = table_slot_create(table, nullptr);
    ExecClearTuple(slot);
    memset(slot->tts_isnull, 0, sizeof(bool) * 3);
    slot->tts_values[0] = Int32GetDatum(version);
    slot->tts_values[1] = pg::datum<pg::bytes_view>::put({value, 8});
    slot->tts_values[2] = TimestampTzGetDatum(GetCurrentTimestamp());
    ExecStoreVirtualTuple(slot);
    pg::insert_beside(table, slot);
    ExecDropSingleTupleTableSlot(slot);
    table_close(table, RowExclusiveLock);
  }
  LockRelease(&tag, ExclusiveLock, false);
}

}  // namespace primecloud::secret
