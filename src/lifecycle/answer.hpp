// How lifecycle_event travels: the answer to what is due.
#pragma once

#include "core/lifecycle/object.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/site_memory.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
}

namespace primecloud::lifecycle {

// One lifecycle_event.  Its texts must live until it is stored.
struct answer {
  event told;
};

}  // namespace primecloud::lifecycle

namespace primecloud::pg {

template <>
inline constexpr const char *sql_name<lifecycle::answer> = "record";
template <>
inline constexpr const char *sql_name<std::optional<lifecycle::answer>> = "record";

// A text as a short varlena on the stack where it fits, so that a row costs one
// allocation; the tuple copies it.
class short_text {
 public:
  SERVER_CODE Datum put(std::string_view text) {
    if (text.size() + VARHDRSZ_SHORT > VARATT_SHORT_MAX) return datum<std::string_view>::put(text);
    SET_VARSIZE_SHORT(bytes_, text.size() + VARHDRSZ_SHORT);
    memcpy(VARDATA_SHORT(bytes_), text.data(), text.size());
    return PointerGetDatum(bytes_);
  }

 private:
  char bytes_[VARATT_SHORT_MAX + 1];
};

template <>
struct returned<lifecycle::answer> {
  static Datum store(FunctionCallInfo fcinfo, const lifecycle::answer &a) {
    site_memory *const site = site_memory::of(fcinfo);
    if (site == nullptr) elog(ERROR, "a function returning lifecycle_event is called without a call site");
    short_text action, rule_id, storage_class;
    const bool none = a.told.action == lifecycle::action::none;
    Datum values[4] = {action.put(lifecycle::action_name(a.told.action)), 0, 0, 0};
    bool nulls[4] = {false, none, none || a.told.rule_id.empty(), a.told.storage_class.empty()};
    if (!nulls[1]) values[1] = TimestampTzGetDatum(a.told.due.microseconds);
    if (!nulls[2]) values[2] = rule_id.put(a.told.rule_id);
    if (!nulls[3]) values[3] = storage_class.put(a.told.storage_class);

    TupleDesc desc = lookup_rowtype_tupdesc(site->result_type(fcinfo), -1);
    const bool agrees = desc->natts == 4 && TupleDescAttr(desc, 0)->atttypid == TEXTOID &&
                        TupleDescAttr(desc, 1)->atttypid == TIMESTAMPTZOID &&
                        TupleDescAttr(desc, 2)->atttypid == TEXTOID && TupleDescAttr(desc, 3)->atttypid == TEXTOID;
    if (!agrees) {
      ReleaseTupleDesc(desc);
      ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("the row type lifecycle_event was altered"),
              errhint("It is the extension's: undo what was done to it."));
    }
    HeapTuple tuple = heap_form_tuple(desc, values, nulls);
    ReleaseTupleDesc(desc);
    return HeapTupleGetDatum(tuple);
  }
};
template <>
struct returned<std::optional<lifecycle::answer>> {
  static Datum store(FunctionCallInfo fcinfo, const std::optional<lifecycle::answer> &a) {
    if (a) return returned<lifecycle::answer>::store(fcinfo, *a);
    fcinfo->isnull = true;
    return 0;
  }
};

}  // namespace primecloud::pg
