// A row of the type retention_outcome, its attributes set by name.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/typcache.h"
}

namespace primecloud::retention {

class outcome_row {
 public:
  SERVER_CODE explicit outcome_row(Oid type) : desc_(lookup_rowtype_tupdesc(type, -1)) {
    values_ = static_cast<Datum *>(palloc0(sizeof(Datum) * desc_->natts));
    nulls_ = static_cast<bool *>(palloc(desc_->natts));
    memset(nulls_, true, desc_->natts);
  }
  SERVER_CODE void set(const char *name, Oid type, Datum value) {
    const int i = place(name, type);
    values_[i] = value;
    nulls_[i] = false;
  }
  SERVER_CODE Datum made() {
    HeapTuple tuple = heap_form_tuple(desc_, values_, nulls_);
    ReleaseTupleDesc(desc_);
    return HeapTupleGetDatum(tuple);
  }

 private:
  SERVER_CODE int place(const char *name, Oid type) const {
    for (int i = 0; i < desc_->natts; i++) {
      Form_pg_attribute attribute = TupleDescAttr(desc_, i);
      if (strcmp(NameStr(attribute->attname), name) == 0 && attribute->atttypid == type) return i;
    }
    elog(ERROR, "an outcome of retention has no attribute \"%s\" of that type", name);
  }

  TupleDesc desc_;
  Datum *values_;
  bool *nulls_;
};

}  // namespace primecloud::retention
