#include "pg/row_beside.hpp"

#include <cstring>

extern "C" {
#include "access/genam.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "executor/executor.h"
}

namespace primecloud::pg {
namespace {

// A constraint that the DBA has added holds here too.
SERVER_CODE void check_constraints(Relation table, TupleTableSlot *slot) {
  const TupleConstr *constraints = RelationGetDescr(table)->constr;
  if (constraints == nullptr || constraints->num_check == 0) return;
  EState *state = CreateExecutorState();
  ResultRelInfo *target = makeNode(ResultRelInfo);
  InitResultRelInfo(target, table, 0, nullptr, 0);
  ExecConstraints(target, slot, state);
  FreeExecutorState(state);
}

// The one index of ours that has a predicate, which every row that is written here meets.
SERVER_CODE bool is_our_own(Relation index) {
  return strcmp(RelationGetRelationName(index), "data_key_one_active") == 0;
}

SERVER_CODE void insert_into_indexes(Relation table, TupleTableSlot *slot) {
  List *indexes = RelationGetIndexList(table);
  ListCell *cell;
  foreach (cell, indexes) {
    Relation index = index_open(lfirst_oid(cell), RowExclusiveLock);
    IndexInfo *info = BuildIndexInfo(index);
    if (info->ii_Expressions != NIL || (info->ii_Predicate != NIL && !is_our_own(index))) {
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("index \"%s\" of primecloud.%s is not of plain columns", RelationGetRelationName(index),
                     RelationGetRelationName(table)),
              errhint("Drop it: rows of this table are written beside the executor."));
    }
    Datum values[INDEX_MAX_KEYS];
    bool nulls[INDEX_MAX_KEYS];
    FormIndexDatum(info, slot, nullptr, values, nulls);
    index_insert(index, values, nulls, &slot->tts_tid, table,
                 index->rd_index->indisunique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, info);
    index_close(index, NoLock);
  }
  list_free(indexes);
}

}  // namespace

void insert_beside(Relation table, TupleTableSlot *slot) {
  check_constraints(table, slot);
  table_tuple_insert(table, slot, GetCurrentCommandId(true), TABLE_INSERT_FROZEN, nullptr);
  insert_into_indexes(table, slot);
}

}  // namespace primecloud::pg
