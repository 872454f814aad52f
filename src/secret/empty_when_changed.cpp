// empty_when_changed: while a script fills a second column from the first, a write to the first, or to what its
// secrets are bound to, empties the second, so that the script fills it again.  It needs no key and no right of the
// writer's.
#include "pg/server_function.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/datum.h"
#include "utils/rel.h"
}

namespace {
using namespace primecloud;

SERVER_CODE int number_of(Relation table, const char *name) {
  const int number = SPI_fnumber(RelationGetDescr(table), name);
  if (number <= 0)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
            errmsg("table \"%s\" has no column \"%s\"", RelationGetRelationName(table), name),
            errhint("Give it its name again, or call unseal_column() or seal_column(), which take the trigger back."));
  return number;
}

SERVER_CODE bool changed(Relation table, HeapTuple before, HeapTuple after, int number) {
  bool was_null, is_null;
  const Datum was = heap_getattr(before, number, RelationGetDescr(table), &was_null);
  const Datum is = heap_getattr(after, number, RelationGetDescr(table), &is_null);
  if (was_null || is_null) return was_null != is_null;
  const auto *column = TupleDescAttr(RelationGetDescr(table), number - 1);
  return !datum_image_eq(was, is, column->attbyval, column->attlen);
}

SERVER_CODE bool any_changed(const TriggerData *data) {
  if (TRIGGER_FIRED_BY_INSERT(data->tg_event)) return true;
  const Trigger *trigger = data->tg_trigger;
  for (int i = 1; i < trigger->tgnargs; i++) {
    const int number = number_of(data->tg_relation, trigger->tgargs[i]);
    if (changed(data->tg_relation, data->tg_trigtuple, data->tg_newtuple, number)) return true;
  }
  return false;
}

SERVER_CODE Datum empty_when_changed(FunctionCallInfo fcinfo) noexcept {
  if (!CALLED_AS_TRIGGER(fcinfo))
    pg::raise(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "empty_when_changed is for triggers",
              "Use seal_column(..., online => true).");
  const auto *data = reinterpret_cast<TriggerData *>(fcinfo->context);
  if (!TRIGGER_FIRED_BEFORE(data->tg_event) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
      TRIGGER_FIRED_BY_DELETE(data->tg_event) || data->tg_trigger->tgnargs < 2)
    pg::raise(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "empty_when_changed is not used as seal_column() does",
              "Use seal_column(..., online => true).");
  HeapTuple row = TRIGGER_FIRED_BY_INSERT(data->tg_event) ? data->tg_trigtuple : data->tg_newtuple;
  if (!any_changed(data)) return PointerGetDatum(row);
  int number = number_of(data->tg_relation, data->tg_trigger->tgargs[0]);
  Datum none{};
  bool null = true;
  return PointerGetDatum(heap_modify_tuple_by_cols(row, RelationGetDescr(data->tg_relation), 1, &number, &none, &null));
}
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_empty_when_changed, empty_when_changed);
