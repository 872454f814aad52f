// Conversions, and which of them keep different values different.
#include "review/tree_walk.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

// A name and char(n) cut a text.
SERVER_CODE bool is_whole_text(Oid type) {
  return is_text_like(type) && getBaseType(type) != NAMEOID && getBaseType(type) != BPCHAROID;
}

// Values of these have a text of their own each, whatever is set.
SERVER_CODE bool keeps_apart(Oid from, Oid to) {
  const Oid value = getBaseType(from);
  for (const Oid apart : {INT2OID, INT4OID, INT8OID, OIDOID, NUMERICOID, UUIDOID, DATEOID})
    if (value == apart) return is_whole_text(to);
  return type_is_enum(value) && is_whole_text(to);
}

SERVER_CODE bool names_a_value(Oid from, Oid to) {
  const Oid value = getBaseType(to);
  return is_whole_text(from) && !is_text_like(value) && value != BOOLOID && value != CHAROID;
}

// What compares otherwise is more than a label: char(n) leaves out blanks, an extension's type what it likes.
SERVER_CODE bool is_label(Oid from, Oid to) {
  from = getBaseType(from), to = getBaseType(to);
  return from == to || (to != BPCHAROID && from < FirstUnpinnedObjectId && to < FirstUnpinnedObjectId);
}

}  // namespace

SERVER_CODE const node *walk_cast(tree_walk &w, Node *whole, Node *argument, Oid type) {
  node *made = new_node(w, kind::call, list_make1(const_cast<node *>(walk_tree(w, argument))));
  const int32 length = IsA(whole, ArrayCoerceExpr) ? castNode(ArrayCoerceExpr, whole)->resulttypmod : -1;
  made->text = psprintf("::%s", format_type_with_typemod(type, length));
  made->flags = cast | strict | (is_text_like(type) ? to_text : 0) | (list_member(w.of.indexed, whole) ? keyed : 0);
  if (keeps_apart(exprType(argument), type)) made->flags |= lossless;
  if (names_a_value(exprType(argument), type) || IsA(whole, RelabelType)) made->flags |= named;
  return made;
}

SERVER_CODE const node *walk_label(tree_walk &w, RelabelType *n) {
  auto *argument = reinterpret_cast<Node *>(n->arg);
  if (is_label(exprType(argument), n->resulttype)) return walk_tree(w, argument);
  return walk_cast(w, reinterpret_cast<Node *>(n), argument, n->resulttype);
}

}  // namespace primecloud::review
