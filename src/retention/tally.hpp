// What a statement of retention did, as one row of the type retention_outcome.
#pragma once

#include "pg/postgres.hpp"
#include "retention/tenant_counts.hpp"

extern "C" {
#include "executor/spi.h"
#include "tcop/dest.h"
}

namespace primecloud::retention {

// Receives what a statement yields: either one row with columns of the outcome's names,
// or the rows that it removed, as ("of tenant" text, "of time" timestamptz, "still due"
// boolean), which are counted as they come.  Gathered in SQL, by a CTE, they would be
// stored and read again, and cost as much as their deletion.  Everything is kept in the
// memory context it is made in.
class tally {
 public:
  SERVER_CODE explicit tally(Oid outcome_type);
  DestReceiver *receiver() { return &hook_.receiver; }
  // All of it NULL where the statement yielded nothing.
  SERVER_CODE Datum outcome();

 private:
  struct hook {
    DestReceiver receiver;  // first: the server knows no more
    tally *owner;
  };
  static tally &of(DestReceiver *receiver) { return *reinterpret_cast<hook *>(receiver)->owner; }
  SERVER_CODE void start(TupleDesc desc);
  SERVER_CODE void take(TupleTableSlot *slot);
  SERVER_CODE void take_outcome(TupleTableSlot *slot);

  hook hook_;
  Oid type_;
  MemoryContext context_;
  bool rows_ = false;  // rows come, not an outcome
  Datum outcome_ = 0;
  bool known_ = false;
  int64 removed_ = 0;
  TimestampTz oldest_ = DT_NOEND, newest_ = DT_NOBEGIN;
  tenant_counts tenants_;
};

}  // namespace primecloud::retention
