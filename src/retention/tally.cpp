#include "retention/tally.hpp"

#include <algorithm>

#include "pg/varlena.hpp"
#include "retention/outcome_row.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

namespace primecloud::retention {
tally::tally(Oid outcome_type) : type_(outcome_type), context_(CurrentMemoryContext), tenants_(CurrentMemoryContext) {
  hook_.receiver.rStartup = [](DestReceiver *self, int, TupleDesc desc) { of(self).start(desc); };
  hook_.receiver.receiveSlot = [](TupleTableSlot *slot, DestReceiver *self) { return of(self).take(slot), true; };
  hook_.receiver.rShutdown = [](DestReceiver *) {};
  hook_.receiver.rDestroy = [](DestReceiver *) {};
  hook_.receiver.mydest = DestNone;
  hook_.owner = this;
}

void tally::start(TupleDesc desc) {
  rows_ = desc->natts > 0 && strcmp(NameStr(TupleDescAttr(desc, 0)->attname), "of tenant") == 0;
  if (!rows_) return;
  const auto type = [&](int i) { return TupleDescAttr(desc, i)->atttypid; };
  if (desc->natts != 3 || type(0) != TEXTOID || type(1) != TIMESTAMPTZOID || type(2) != BOOLOID)
    elog(ERROR, "a statement of retention yields other rows than it should");
}

void tally::take_outcome(TupleTableSlot *slot) {
  MemoryContext before = MemoryContextSwitchTo(context_);
  outcome_row row(type_);
  slot_getallattrs(slot);
  TupleDesc given = slot->tts_tupleDescriptor;
  for (int i = 0; i < given->natts; i++) {
    if (slot->tts_isnull[i]) continue;
    Form_pg_attribute attribute = TupleDescAttr(given, i);
    row.set(NameStr(attribute->attname), attribute->atttypid, slot->tts_values[i]);
  }
  outcome_ = row.made();
  known_ = true;
  MemoryContextSwitchTo(before);
}

void tally::take(TupleTableSlot *slot) {
  if (!rows_) return take_outcome(slot);
  bool null;
  if (DatumGetBool(slot_getattr(slot, 3, &null)) && !null) return;
  removed_++;
  const TimestampTz time = DatumGetTimestampTz(slot_getattr(slot, 2, &null));
  if (!null) {
    oldest_ = std::min(oldest_, time);
    newest_ = std::max(newest_, time);
  }
  const Datum tenant = slot_getattr(slot, 1, &null);
  if (!null) tenants_.count(pg::text_in(tenant));
}

Datum tally::outcome() {
  if (known_) return outcome_;
  outcome_row row(type_);
  if (!rows_) return row.made();
  row.set("rows", INT8OID, Int64GetDatum(removed_));
  if (removed_ > 0 && oldest_ <= newest_) {
    row.set("oldest", TIMESTAMPTZOID, TimestampTzGetDatum(oldest_));
    row.set("newest", TIMESTAMPTZOID, TimestampTzGetDatum(newest_));
  }
  if (tenants_.any()) row.set("tenants", JSONBOID, tenants_.json());
  return row.made();
}

}  // namespace primecloud::retention
