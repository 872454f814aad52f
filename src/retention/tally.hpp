// What a statement of retention did, as one jsonb.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "executor/spi.h"
#include "tcop/dest.h"
#include "utils/hsearch.h"
}

namespace primecloud::retention {

// Receives what a statement yields: either one jsonb, which is the answer, or the
// rows that it removed, as (tenant text, time timestamptz), which are counted as they
// come.  Gathered in SQL, by a CTE, they would be stored and read again, and cost as
// much as their deletion.  Everything is kept in the memory context it is made in.
class tally {
 public:
  SERVER_CODE tally();
  DestReceiver *receiver() { return &hook_.receiver; }
  // Calls elog(ERROR) if the statement yielded neither.
  SERVER_CODE Datum answer();

 private:
  struct hook {
    DestReceiver receiver;  // first: the server knows no more
    tally *owner;
  };
  static tally &of(DestReceiver *receiver) { return *reinterpret_cast<hook *>(receiver)->owner; }
  SERVER_CODE void start(TupleDesc desc);
  SERVER_CODE void take(TupleTableSlot *slot);
  SERVER_CODE void count(text *tenant);

  hook hook_;
  MemoryContext context_;
  bool rows_ = false;  // rows come, not an answer
  Datum answer_ = 0;
  bool answered_ = false;
  int64 removed_ = 0;
  TimestampTz oldest_ = DT_NOEND, newest_ = DT_NOBEGIN;
  HTAB *tenants_ = nullptr;
};

}  // namespace primecloud::retention
