// Bodies of functions as the catalog has them.
#include "review/body.hpp"

#include "pg/c_string.hpp"
#include "review/stored_tree.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE Datum attribute_of(HeapTuple tuple, AttrNumber column, bool &null) {
  return SysCacheGetAttr(PROCOID, tuple, column, &null);
}

}  // namespace

SERVER_CODE char *body_text(Oid function) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return nullptr;
  const Oid language = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple))->prolang;
  bool tree_absent, null;
  attribute_of(tuple, Anum_pg_proc_prosqlbody, tree_absent);
  const Datum source = attribute_of(tuple, Anum_pg_proc_prosrc, null);
  const bool told = tree_absent && !null && language != INTERNALlanguageId && language != ClanguageId;
  char *body = told ? TextDatumGetCString(source) : nullptr;
  ReleaseSysCache(tuple);
  return body;
}

SERVER_CODE Node *body_tree(Oid function) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return nullptr;
  bool null;
  const Datum tree = attribute_of(tuple, Anum_pg_proc_prosqlbody, null);
  Node *body = stored_tree(tree, null);
  ReleaseSysCache(tuple);
  return body;
}

// Whether a word of a text is a relation: qualified by the word before it, or in a schema.
SERVER_CODE Oid relation_of(const word &at, const word &before, Oid home) {
  if (at.text.size() >= NAMEDATALEN) return InvalidOid;
  const auto folded = [](const word &w) {
    return w.quoted ? pg::c_string(w.text)
                    : downcase_truncate_identifier(w.text.data(), static_cast<int>(w.text.size()), false);
  };
  const char *name = folded(at);
  if (at.before != '.' || before.text.empty()) return get_relname_relid(name, home);
  const Oid space = get_namespace_oid(folded(before), true);
  return OidIsValid(space) ? get_relname_relid(name, space) : InvalidOid;
}

}  // namespace primecloud::review
