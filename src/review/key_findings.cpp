// primecloud_internal.review_keys_judged(): keys of pgcrypto that stand as constants in what a dump carries.
#include "core/review/words.hpp"
#include "pg/array_view.hpp"
#include "pg/c_string.hpp"
#include "pg/catalog_rows.hpp"
#include "pg/function.hpp"
#include "review/body.hpp"
#include "review/finding_rows.hpp"
#include "review/key_calls.hpp"
#include "review/stored_tree.hpp"
#include "review/tree_relation.hpp"
#include "review/view_tree.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/indexing.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_proc.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
}

namespace primecloud::review {
namespace {

struct keyed_place {
  const char *object, *function;
};

SERVER_CODE void look(List *&found, Node *tree, const char *object) {
  const char *function = nullptr;
  if (!has_key(tree, &function)) return;
  auto *place = static_cast<keyed_place *>(palloc(sizeof(keyed_place)));
  *place = {object, function};
  found = lappend(found, place);
}

SERVER_CODE Node *tree_of(HeapTuple tuple, AttrNumber column, TupleDesc columns) {
  bool null;
  const Datum stored = heap_getattr(tuple, column, columns, &null);
  return stored_tree(stored, null);
}

SERVER_CODE List *places_of_relation(Oid relation) {
  List *found = NIL;
  relation_facts facts;
  if (!read_relation(relation, facts)) return NIL;
  ListCell *cell;
  foreach (cell, rules_of(relation)) {
    const auto *rule = static_cast<const stored_rule *>(lfirst(cell));
    look(found, reinterpret_cast<Node *>(rule->actions), facts.label);
  }
  foreach (cell, policies_of(relation)) {
    const auto *policy = static_cast<const stored_policy *>(lfirst(cell));
    const char *object = psprintf("%s.%s", facts.label, quote_identifier(policy->name));
    look(found, policy->row, object);
    look(found, policy->check, object);
  }
  const auto of_default = [&](HeapTuple tuple, TupleDesc columns) {
    const auto *row = reinterpret_cast<const FormData_pg_attrdef *>(GETSTRUCT(tuple));
    const char *name = get_attname(relation, row->adnum, true);
    look(found, tree_of(tuple, Anum_pg_attrdef_adbin, columns),
         psprintf("%s.%s", facts.label, name == nullptr ? "?" : quote_identifier(name)));
  };
  pg::for_each_catalog_row(AttrDefaultRelationId, AttrDefaultIndexId, Anum_pg_attrdef_adrelid, relation, of_default);
  const auto of_check = [&](HeapTuple tuple, TupleDesc columns) {
    const auto *row = reinterpret_cast<const FormData_pg_constraint *>(GETSTRUCT(tuple));
    look(found, tree_of(tuple, Anum_pg_constraint_conbin, columns),
         psprintf("%s.%s", facts.label, quote_identifier(pstrdup(NameStr(row->conname)))));
  };
  pg::for_each_catalog_row(ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid, relation,
                           of_check);
  return found;
}

SERVER_CODE List *places_of_function(Oid function) {
  List *found = NIL;
  if (Node *tree = body_tree(function)) {
    look(found, tree, format_procedure(function));
    return found;
  }
  const char *text = body_text(function);
  if (text == nullptr) return NIL;
  word at;
  for (words all(text); all.next(at);) {
    if (!takes_key(at.text) || all.after() != '(') continue;
    if (!all.is_constant_argument(1) && !(at.is("crypt") && all.is_constant_argument(0))) continue;
    auto *place = static_cast<keyed_place *>(palloc(sizeof(keyed_place)));
    *place = {format_procedure(function), pg::c_string(at.text)};
    return list_make1(place);
  }
  return NIL;
}

void add_all(List *places, findings &found) {
  for (int i = 0; i < list_length(places); i++) {
    const auto &place = *static_cast<const keyed_place *>(list_nth(places, i));
    found.push_back(
        {"key_in_catalog",
         "error",
         place.object,
         std::string("a key of ") + place.function + "() is a constant here, and in every dump",
         "-- choose: primecloud.seal_column() for what is read again, primecloud.blind_index() for what is compared",
         {place.function}});
  }
}

finding_rows judged_keys(pg::array_view<Oid> relations, pg::array_view<Oid> functions) {
  findings found;
  for (const Oid relation : relations) add_all(pg::guarded([&] { return places_of_relation(relation); }), found);
  for (const Oid function : functions) add_all(pg::guarded([&] { return places_of_function(function); }), found);
  return rows_of(found);
}

PRIMECLOUD_FUNCTION(primecloud_review_keys_judged, judged_keys);

}  // namespace
}  // namespace primecloud::review
