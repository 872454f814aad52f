#include "review/tree_relation.hpp"

#include "pg/catalog_rows.hpp"
#include "review/stored_tree.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/sysattr.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_policy.h"
#include "nodes/nodes.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE bool is_set(const char *said) {
  bool value;
  return *said == '\0' || (parse_bool(said, &value) && value);
}

SERVER_CODE void read_options(relation_facts &facts, Datum options) {
  ListCell *cell;
  foreach (cell, untransformRelOptions(options)) {
    const auto *option = lfirst_node(DefElem, cell);
    const char *said = option->arg == nullptr ? "" : strVal(option->arg);
    if (strcmp(option->defname, "security_invoker") == 0) facts.invoker = is_set(said);
    if (strcmp(option->defname, "security_barrier") == 0) facts.barrier = is_set(said);
    if (strcmp(option->defname, "check_option") == 0) facts.checked = true;
  }
}

SERVER_CODE void read_index(subject &of, HeapTuple tuple, TupleDesc columns) {
  const auto *index = reinterpret_cast<const FormData_pg_index *>(GETSTRUCT(tuple));
  if (!index->indisvalid || index->indnatts < 1) return;
  const AttrNumber first = index->indkey.values[0];
  if (first != 0) {
    of.keyed = bms_add_member(of.keyed, first - FirstLowInvalidHeapAttributeNumber);
    return;
  }
  bool null;
  const Datum stored = heap_getattr(tuple, Anum_pg_index_indexprs, columns, &null);
  Node *each = stored_tree(stored, null);
  if (each != nullptr && IsA(each, List) && castNode(List, each) != NIL)
    of.indexed = lappend(of.indexed, linitial(castNode(List, each)));
}

}  // namespace

SERVER_CODE bool read_relation(Oid relation, relation_facts &facts) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *row = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
  facts = {};
  const char *space = get_namespace_name(row->relnamespace);
  facts.label = quote_qualified_identifier(space == nullptr ? "?" : space, NameStr(row->relname));
  facts.kind = row->relkind;
  facts.owner = row->relowner;
  facts.secured = row->relrowsecurity;
  facts.forced = row->relforcerowsecurity;
  bool null;
  const Datum options = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_reloptions, &null);
  if (!null && facts.kind == RELKIND_VIEW) read_options(facts, options);
  ReleaseSysCache(tuple);
  return true;
}

SERVER_CODE subject subject_of(Oid relation, AttrNumber tenant) {
  subject of;
  of.relation = relation;
  of.tenant_column = tenant;
  pg::for_each_catalog_row(AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid, relation,
                           [&](HeapTuple tuple, TupleDesc) {
                             const auto *column = reinterpret_cast<const FormData_pg_attribute *>(GETSTRUCT(tuple));
                             if (column->attnotnull)
                               of.not_null =
                                   bms_add_member(of.not_null, column->attnum - FirstLowInvalidHeapAttributeNumber);
                           });
  pg::for_each_catalog_row(IndexRelationId, IndexIndrelidIndexId, Anum_pg_index_indrelid, relation,
                           [&](HeapTuple tuple, TupleDesc columns) { read_index(of, tuple, columns); });
  return of;
}

// (What a view or a foreign table gives is made somewhere else; a parent's unique index holds no child's rows.)
SERVER_CODE bits kept_in(Oid relation, AttrNumber column) {
  const char kind = get_rel_relkind(relation);
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) return 0;
  if (kind == RELKIND_RELATION && has_subclass(relation)) return stored;
  bits found = stored;
  pg::for_each_catalog_row(IndexRelationId, IndexIndrelidIndexId, Anum_pg_index_indrelid, relation,
                           [&](HeapTuple tuple, TupleDesc) {
                             const auto *index = reinterpret_cast<const FormData_pg_index *>(GETSTRUCT(tuple));
                             const bool holds = index->indisunique && index->indisvalid && index->indimmediate;
                             if (holds && index->indnkeyatts == 1 && index->indkey.values[0] == column &&
                                 heap_attisnull(tuple, Anum_pg_index_indpred, nullptr))
                               found |= unique_key;
                           });
  return found;
}

SERVER_CODE List *policies_of(Oid relation) {
  List *found = NIL;
  const auto read = [&](HeapTuple tuple, TupleDesc columns) {
    const auto *row = reinterpret_cast<const FormData_pg_policy *>(GETSTRUCT(tuple));
    auto *policy = static_cast<stored_policy *>(palloc0(sizeof(stored_policy)));
    policy->name = pstrdup(NameStr(row->polname));
    policy->command = row->polcmd;
    policy->permissive = row->polpermissive;
    bool null;
    Datum value = heap_getattr(tuple, Anum_pg_policy_polqual, columns, &null);
    policy->row = stored_tree(value, null);
    value = heap_getattr(tuple, Anum_pg_policy_polwithcheck, columns, &null);
    policy->check = stored_tree(value, null);
    ArrayType *roles = DatumGetArrayTypePCopy(heap_getattr(tuple, Anum_pg_policy_polroles, columns, &null));
    policy->roles = reinterpret_cast<const Oid *>(ARR_DATA_PTR(roles));
    policy->role_count = ARR_DIMS(roles)[0];
    found = lappend(found, policy);
  };
  pg::for_each_catalog_row(PolicyRelationId, PolicyPolrelidPolnameIndexId, Anum_pg_policy_polrelid, relation, read);
  return found;
}

}  // namespace primecloud::review
