// primecloud_internal.review_checks_judged(): CHECKs that nothing can break.
#include "pg/array_view.hpp"
#include "pg/catalog_rows.hpp"
#include "pg/function.hpp"
#include "review/finding_rows.hpp"
#include "review/patient.hpp"
#include "review/stored_tree.hpp"
#include "review/tree_relation.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
#include "utils/builtins.h"
}

namespace primecloud::review {
namespace {

struct stored_check {
  const char *object, *table, *name;
  const node *said;
};

SERVER_CODE List *checks_of(const function_book &book, Oid relation) {
  relation_facts facts;
  if (!read_relation(relation, facts)) return NIL;
  List *found = NIL;
  const subject of = subject_of(relation, 0);
  const auto read = [&](HeapTuple tuple, TupleDesc columns) {
    const auto *row = reinterpret_cast<const FormData_pg_constraint *>(GETSTRUCT(tuple));
    bool null;
    const Datum stored = heap_getattr(tuple, Anum_pg_constraint_conbin, columns, &null);
    if (row->contype != CONSTRAINT_CHECK || null) return;
    tree_walk w;
    w.book = &book;
    w.of = of;
    auto *check = static_cast<stored_check *>(palloc0(sizeof(stored_check)));
    check->table = facts.label;
    check->name = quote_identifier(pstrdup(NameStr(row->conname)));
    check->object = psprintf("%s.%s", facts.label, check->name);
    check->said = walk_tree(w, stored_tree(stored, false));
    found = lappend(found, check);
  };
  pg::for_each_catalog_row(ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid, relation,
                           read);
  return found;
}

finding_rows judged_checks(pg::array_view<Oid> relations) {
  const function_book book = pg::guarded([&] { return open_function_book(InvalidOid); });
  findings found;
  for (const Oid relation : relations) {
    List *checks = pg::guarded([&] {
      CHECK_FOR_INTERRUPTS();
      return checks_of(book, relation);
    });
    for (int i = 0; i < list_length(checks); i++) {
      const auto &check = *static_cast<const stored_check *>(list_nth(checks, i));
      nursery made(heed_interrupts);
      // A CHECK takes what is true or NULL: it is broken where its negation is true.
      if (!is_truth(normal(made, made.negation(check.said)), false)) continue;
      const std::string text = shown(check.said);
      found.push_back({"check_always_true",
                       "warning",
                       check.object,
                       "CHECK (" + text + ") refuses nothing",
                       std::string("ALTER TABLE ") + check.table + " DROP CONSTRAINT " + check.name + ";",
                       {text}});
    }
  }
  return rows_of(found);
}

PRIMECLOUD_FUNCTION(primecloud_review_checks_judged, judged_checks);

}  // namespace
}  // namespace primecloud::review
