// Constants and columns.
#include <algorithm>

#include "core/review/fold.hpp"
#include "core/review/long_constants.hpp"
#include "pg/c_string.hpp"
#include "pg/varlena.hpp"
#include "review/tree_walk.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

std::int64_t class_of(Oid type) {
  switch (type) {
    case INT2OID:
    case INT4OID:
    case INT8OID: return integer_literal;
    case TEXTOID:
    case VARCHAROID:
    case NAMEOID: return text_literal;
    case UUIDOID: return uuid_literal;
    default: return other_literal;
  }
}

// Of a value that is not written out: two that differ are two.
SERVER_CODE const char *hash_of(Datum value, int16 length) {
  const std::string_view bytes =
      length == -1 ? pg::text_in(value) : std::string_view(DatumGetPointer(value), datumGetSize(value, false, length));
  return pstrdup(hash_of_value(bytes).data());
}

// The text of a value, by output functions of the server's own alone, and of simple types alone.
SERVER_CODE const char *text_of(Oid type, Datum value, int16 length, bool by_value) {
  Oid output;
  bool varlena;
  getTypeOutputInfo(type, &output, &varlena);
  const bool simple = output < FirstUnpinnedObjectId && output != F_ARRAY_OUT && output != F_RECORD_OUT &&
                      output != F_RANGE_OUT && output != F_MULTIRANGE_OUT;
  if (simple) return OidOutputFunctionCall(output, value);
  return by_value ? psprintf("value " UINT64_FORMAT, static_cast<uint64>(value))
                  : psprintf("value %s", hash_of(value, length));
}

SERVER_CODE node *literal_of(tree_walk &w, Oid type, Datum value, int16 length, bool by_value) {
  if (type == BOOLOID) {
    node *made = new_node(w, kind::truth);
    made->number = DatumGetBool(value);
    return made;
  }
  node *made = new_node(w, kind::literal);
  made->number = class_of(type);
  made->text = text_of(type, value, length, by_value);
  if (made->number == other_literal) made->more = mark_of_type(type);
  return made;
}

SERVER_CODE const node *array_of_literals(tree_walk &w, const Const *c, Oid element) {
  int16 length;
  bool by_value;
  char alignment;
  get_typlenbyvalalign(element, &length, &by_value, &alignment);
  ArrayType *array = DatumGetArrayTypeP(c->constvalue);
  if (ARR_NDIM(array) > 1 || ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) > 256)
    return opaque(w, psprintf("array(%s)", hash_of(c->constvalue, -1)), NIL);
  Datum *values;
  bool *nulls;
  int count;
  deconstruct_array(array, element, length, by_value, alignment, &values, &nulls, &count);
  List *below = NIL;
  for (int i = 0; i < count; i++)
    below = lappend(below, nulls[i] ? new_node(w, kind::nothing) : literal_of(w, element, values[i], length, by_value));
  return new_node(w, kind::list, below);
}

SERVER_CODE const char *column_name(const RangeTblEntry *entry, AttrNumber column) {
  if (column == 0) return "*";
  if (column < 0) return "system";
  const List *names = entry->eref->colnames;
  return column <= list_length(names) ? strVal(list_nth(names, column - 1)) : "?";
}

SERVER_CODE const node *own_column(tree_walk &w, const Var *column) {
  node *made = new_node(w, kind::own);
  const AttrNumber number = column->varattno;
  made->number = number;
  const char *name = number == 0 ? get_rel_name(w.of.relation) : get_attname(w.of.relation, number, true);
  made->text = name == nullptr ? "?" : quote_identifier(name);
  const int member = number - FirstLowInvalidHeapAttributeNumber;
  made->flags = (bms_is_member(member, w.of.not_null) || number <= 0 ? not_null : 0) |
                (bms_is_member(member, w.of.keyed) ? keyed : 0) | (column->vartype == BOOLOID ? boolean : 0) |
                (number != 0 && number == w.of.tenant_column ? tenant : 0);
  return made;
}

}  // namespace

SERVER_CODE bool is_text_like(Oid type) {
  char category;
  bool preferred;
  get_type_category_preferred(getBaseType(type), &category, &preferred);
  return category == TYPCATEGORY_STRING;
}

SERVER_CODE const node *walk_constant(tree_walk &w, const Const *c) {
  if (c->constisnull) return new_node(w, kind::nothing);
  const Oid type = getBaseType(c->consttype), element = get_base_element_type(type);
  if (OidIsValid(element)) return array_of_literals(w, c, element);
  return literal_of(w, type, c->constvalue, static_cast<int16>(c->constlen), c->constbyval);
}

SERVER_CODE const node *walk_column(tree_walk &w, const Var *column) {
  const int at = w.depth - static_cast<int>(column->varlevelsup);
  if (at == w.own_depth && static_cast<Index>(column->varno) == w.own_entry) return own_column(w, column);
  const int above = static_cast<int>(column->varlevelsup);
  if (above >= list_length(w.queries)) return opaque(w, "column", NIL);
  auto *query = static_cast<Query *>(list_nth(w.queries, above));
  if (column->varno <= 0 || column->varno > list_length(query->rtable)) return opaque(w, "column", NIL);
  const RangeTblEntry *entry = rt_fetch(column->varno, query->rtable);
  if (Node *behind = pg::behind_column(entry, column->varattno); behind != nullptr && above == 0)
    return walk_tree(w, behind);
  node *made = new_node(w, kind::other);
  const int base = list_nth_int(w.bases, above);
  made->number = (static_cast<std::int64_t>(base + column->varno) << 16) | (column->varattno & 0xffff);
  const char *name = column_name(entry, column->varattno);
  made->text = psprintf("%s.%s", quote_identifier(entry->eref->aliasname), quote_identifier(name));
  made->flags = (strcmp(name, "raw_user_meta_data") == 0 ? claimed : 0) | (column->vartype == BOOLOID ? boolean : 0);
  if (entry->rtekind == RTE_RELATION && entry->relid < FirstUnpinnedObjectId) made->flags |= catalog;
  if (entry->rtekind == RTE_RELATION && column->varattno > 0) made->flags |= kept_in(entry->relid, column->varattno);
  return made;
}

}  // namespace primecloud::review
