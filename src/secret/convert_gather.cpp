#include "secret/convert_gather.hpp"

#include "secret/seal_or_keep.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "catalog/pg_type.h"
}

namespace primecloud::secret {
namespace {

SERVER_CODE bool new_value(conversion &w, TupleTableSlot *slot, Datum stored, const place &where, Datum *after) {
  if (!w.seals) return plain_value(pg::bytes_in(stored), where, w.keys, w.otherwise, w.target_type == BYTEAOID, after);
  if (w.source_type == BYTEAOID) {
    *after = PointerGetDatum(seal_octets(pg::bytes_in(stored), where).value);
    return true;
  }
  bool null;
  *after = PointerGetDatum(seal_or_keep(text_of_column(w.plain, slot, &null), where).value);
  return !null;
}

}  // namespace

void prepare_conversion(conversion &w, const char *source, const char *target, const char *tenant, const char *id) {
  const Oid sealed = sealed_type();
  w.source = stored_column_number(w.table, source);
  w.target = stored_column_number(w.table, target);
  const auto *from = TupleDescAttr(RelationGetDescr(w.table), w.source - 1);
  const auto *to = TupleDescAttr(RelationGetDescr(w.table), w.target - 1);
  w.source_type = from->atttypid;
  w.target_type = to->atttypid;
  w.target_typmod = to->atttypmod;
  w.seals = w.target_type == sealed;
  if (w.seals == (w.source_type == sealed)) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("one of columns \"%s\" and \"%s\" is sealed, and the other is not", source, target),
            errhint("The type of one was altered since the script was made: make the script anew."));
  }
  w.tenant = find_column_text(w.table, tenant);
  w.id = find_column_text(w.table, id);
  if (w.seals && w.source_type != BYTEAOID) w.plain = find_column_text(w.table, source);
  w.rows = static_cast<candidate *>(palloc(sizeof(candidate) * most_rows_to_convert));
}

void take_for_conversion(conversion &w, TupleTableSlot *slot) {
  bool empty, nothing, no_tenant, no_id;
  slot_getattr(slot, w.target, &empty);
  const Datum stored = slot_getattr(slot, w.source, &nothing);
  if (!empty || nothing) return;  // filled already, or nothing to fill it with
  const std::string_view tenant = text_of_column(w.tenant, slot, &no_tenant);
  const std::string_view id = text_of_column(w.id, slot, &no_id);
  const auto where = checked_place(no_tenant ? text_argument{} : tenant, w.label, no_id ? text_argument{} : id);
  candidate &next = w.rows[w.count];
  if (!new_value(w, slot, stored, where, &next.after)) return;
  next.tid = slot->tts_tid;
  w.bytes += VARSIZE_ANY(DatumGetPointer(next.after));
  w.count++;
  w.found++;
}

}  // namespace primecloud::secret
