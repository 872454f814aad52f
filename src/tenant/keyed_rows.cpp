#include "tenant/keyed_rows.hpp"

#include "tenant/cluster.hpp"
#include "tenant/distributed.hpp"
#include "tenant/elsewhere.hpp"
#include "tenant/row_search.hpp"

extern "C" {
#include "access/relation.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

// What is looked for in one table of those that are asked.
struct work {
  const keyed_question &asked;
  Snapshot seen;
  row_search search;
  plain_column column;
  texts found;
  int room = 0;
};

SERVER_CODE void take(work &w, TupleTableSlot *slot) {
  if (w.found.count == w.room) {
    w.room = w.room == 0 ? 4 : 2 * w.room;
    auto *more =
        static_cast<const char **>(palloc_extended(sizeof(char *) * static_cast<size_t>(w.room), MCXT_ALLOC_HUGE));
    if (w.found.count > 0) memcpy(more, w.found.value, sizeof(char *) * static_cast<size_t>(w.found.count));
    w.found.value = more;
  }
  bool null;
  const Datum value = slot_getattr(slot, w.column.number, &null);
  w.found.value[w.found.count++] = null ? nullptr : plain_text(w.column.type, value);
}

// A table that has rows of its own.
SERVER_CODE void read_table(work &w, Relation table) {
  // Another access method's rows would be read by code of whoever made it.
  if (table->rd_rel->relkind != RELKIND_RELATION || table->rd_rel->relam != HEAP_TABLE_AM_OID) {
    ereport(
        ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
        errmsg("membership cannot be read from \"%s\": it is not an ordinary table", RelationGetRelationName(table)),
        errhint("Keep members, accounts and grants in ordinary tables or partitions, of access method heap."));
  }
  refuse_distributed(table);
  w.column = find_plain_column(table, w.asked.column);
  w.search.keys = w.asked.keys;
  bool possible = true;
  for (int i = 0; i < w.asked.keys; i++) {
    w.search.column[i] = find_plain_column(table, w.asked.key[i].column);
    const Oid type = w.search.column[i].type;
    possible = possible && (!w.asked.key[i].number || type == INT4OID || type == INT8OID) &&
               plain_datum(type, w.asked.key[i].text, &w.search.wanted[i]);
  }
  if (!possible) return;
  row_scan scan = begin_scan(table, w.search, w.seen);
  while (TupleTableSlot *row = next_row(scan)) take(w, row);
  end_scan(scan);
}

// Partitions and children.  Whoever owns one of them writes its rows: another's are not
// believed, and not even waited for.  A temporary one is some session's own.
SERVER_CODE void read_below(work &w, Oid parent, Oid owner) {
  List *tree = find_all_inheritors(parent, NoLock, nullptr);
  const ListCell *cell;
  foreach (cell, tree) {
    const Oid oid = lfirst_oid(cell);
    HeapTuple row = oid == parent ? nullptr : SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(row)) continue;
    const auto *facts = reinterpret_cast<Form_pg_class>(GETSTRUCT(row));
    const bool believed = facts->relowner == owner && facts->relpersistence != RELPERSISTENCE_TEMP &&
                          facts->relkind != RELKIND_PARTITIONED_TABLE;
    ReleaseSysCache(row);
    if (!believed) continue;
    Relation table = try_relation_open(oid, AccessShareLock);
    if (table == nullptr) continue;
    if (table->rd_rel->relowner == owner) read_table(w, table);
    relation_close(table, AccessShareLock);
  }
}

// One that was dropped is registered in no schema, by a name that says so (end_registrations() in SQL).
SERVER_CODE void refuse_dropped(const keyed_question &asked) {
  if (asked.schema[0] != '\0') return;
  const char *end = strstr(asked.table, " (dropped)");
  ereport(
      ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
      errmsg("the registered membership table \"%.*s\" was dropped",
             static_cast<int>(end != nullptr ? end - asked.table : static_cast<std::ptrdiff_t>(strlen(asked.table))),
             asked.table),
      errhint("Register another with primecloud.register_membership()."));
}

SERVER_CODE Oid find_table(const keyed_question &asked) {
  refuse_dropped(asked);
  const Oid space = get_namespace_oid(asked.schema, true);
  const Oid table = OidIsValid(space) ? get_relname_relid(asked.table, space) : InvalidOid;
  const char kind = OidIsValid(table) ? get_rel_relkind(table) : '\0';
  if (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE) return table;
  ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
          errmsg("the registered membership table \"%s.%s\" does not exist", asked.schema, asked.table),
          errhint("Register it again with primecloud.register_membership()."));
  pg_unreachable();
}

// The table by its registered name, opened, if it is still what was registered: a table of
// the same owner.  A name that somebody else has taken since is not believed.
SERVER_CODE Relation open_registered(const keyed_question &asked) {
  for (;;) {
    Relation table = try_relation_open(find_table(asked), AccessShareLock);
    if (table == nullptr) continue;                      // dropped meanwhile: the name tells
    if (find_table(asked) != RelationGetRelid(table)) {  // the name went to another while we waited
      relation_close(table, AccessShareLock);
      continue;
    }
    if (OidIsValid(asked.owner) && asked.owner == table->rd_rel->relowner) return table;
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("the registered membership table \"%s.%s\" has changed hands", asked.schema, asked.table),
            errhint("Its owner may register it again with primecloud.register_membership()."));
  }
}

}  // namespace

texts find_rows(const keyed_question &asked, Snapshot seen) {
  work w{asked, seen, {}, {}, {}};
  Relation table = open_registered(asked);
  const bool elsewhere = citus_is_loaded() && is_distributed(RelationGetRelid(table));
  if (elsewhere) w.found = find_rows_elsewhere(asked, table);
  if (!elsewhere) refuse_distributed(table);
  if (!elsewhere && table->rd_rel->relkind == RELKIND_RELATION) read_table(w, table);
  if (!elsewhere && table->rd_rel->relhassubclass) read_below(w, RelationGetRelid(table), table->rd_rel->relowner);
  relation_close(table, AccessShareLock);
  return w.found;
}

}  // namespace primecloud::tenant
