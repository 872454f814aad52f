#include "tenant/key_index.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "catalog/pg_index.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

// Of an index that is being built, or was built over rows that an older snapshot still sees,
// nothing can be taken for absent.
SERVER_CODE bool is_whole(HeapTuple row) {
  const auto *index = reinterpret_cast<Form_pg_index>(GETSTRUCT(row));
  if (!index->indisvalid || !index->indisready || !index->indislive) return false;
  if (!heap_attisnull(row, Anum_pg_index_indpred, nullptr) || !heap_attisnull(row, Anum_pg_index_indexprs, nullptr))
    return false;
  return !index->indcheckxmin || TransactionIdPrecedes(HeapTupleHeaderGetXmin(row->t_data), TransactionXmin);
}

// Whether the class is the server's own, and orders values of `type` by the server's `=`.
SERVER_CODE bool is_servers_own(Oid operator_class, Oid type) {
  if (operator_class >= FirstUnpinnedObjectId) return false;
  if (!OidIsValid(type)) return true;
  const Oid equality = get_opfamily_member(get_opclass_family(operator_class), type, type, BTEqualStrategyNumber);
  return OidIsValid(equality) && get_opcode(equality) == plain_equality(type);
}

SERVER_CODE key_index consider(HeapTuple row, int keys, const plain_column *columns) {
  const auto *index = reinterpret_cast<Form_pg_index>(GETSTRUCT(row));
  bool null;
  const Datum classes = SysCacheGetAttr(INDEXRELID, row, Anum_pg_index_indclass, &null);
  const auto *operator_classes = reinterpret_cast<const oidvector *>(DatumGetPointer(classes));
  const Datum orders = SysCacheGetAttr(INDEXRELID, row, Anum_pg_index_indcollation, &null);
  const auto *collations = reinterpret_cast<const oidvector *>(DatumGetPointer(orders));
  key_index found;
  for (int i = 0; i < index->indnkeyatts; i++) {
    int which = keys;
    for (int k = 0; i == found.keys && k < keys; k++) {
      if (columns[k].number != index->indkey.values[i]) continue;
      // What the column takes for equal another collation may keep apart.
      if (!OidIsValid(columns[k].collation) || columns[k].collation == collations->values[i]) which = k;
    }
    // A class that is not the server's may have options that are read as the index is opened.
    if (!is_servers_own(operator_classes->values[i], which < keys ? columns[which].type : InvalidOid)) return {};
    if (which < keys) found.key[found.keys++] = which;
  }
  if (found.keys > 0) found.index = index->indexrelid;
  return found;
}

}  // namespace

key_index choose_index(Relation table, int keys, const plain_column *columns) {
  key_index best;
  if (!table->rd_rel->relhasindex) return best;
  List *indexes = RelationGetIndexList(table);
  const ListCell *cell;
  foreach (cell, indexes) {
    HeapTuple row = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
    if (!HeapTupleIsValid(row)) continue;
    const key_index found = is_whole(row) ? consider(row, keys, columns) : key_index{};
    ReleaseSysCache(row);
    // Of two that lead with one key the later key is the better: fewer rows have one user
    // than have one account.
    if (found.keys > best.keys || (found.keys == 1 && best.keys == 1 && found.key[0] > best.key[0])) best = found;
    if (best.keys == keys) break;
  }
  list_free(indexes);
  return best;
}

}  // namespace primecloud::tenant
