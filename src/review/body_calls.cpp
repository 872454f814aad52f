#include "review/body_calls.hpp"

#include "pg/c_string.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "parser/parsetree.h"
#include "parser/scansup.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE bool note_called(Oid function, void *context) {
  auto &found = *static_cast<asked *>(context);
  found.functions = list_append_unique_oid(found.functions, function);
  return false;
}

SERVER_CODE bool note_asked(Node *n, void *context) {
  if (n == nullptr) return false;
  auto &found = *static_cast<asked *>(context);
  check_functions_in_node(n, note_called, context);
  if (IsA(n, RangeTblEntry)) {
    const auto *entry = castNode(RangeTblEntry, n);
    if (entry->rtekind == RTE_RELATION) found.relations = list_append_unique_oid(found.relations, entry->relid);
    return false;
  }
  if (IsA(n, Query) && castNode(Query, n)->resultRelation > 0) {
    const auto *query = castNode(Query, n);
    found.written = list_append_unique_oid(found.written, rt_fetch(query->resultRelation, query->rtable)->relid);
  }
  if (IsA(n, Query)) return pg::walk_query_entries(castNode(Query, n), note_asked, context);
  return pg::walk_below(n, note_asked, context);
}

// Whether the word before it, or a comma in a list that such a word began, makes a word the name of what is read.
class from_list {
 public:
  bool writes() const { return written_; }
  bool names(const word &at, const word &last) {
    if (at.before == '.') return here_;
    const bool deletes = last.is("from") && second_.is("delete");
    const bool kept = written_ && (last.is("only") || last.is("table"));
    written_ = kept || deletes || last.is("into") || last.is("update") || last.is("truncate");
    second_ = last;
    here_ = begins(last) || (listed_ && at.before == ',');
    for (const char *ends : {"select", "where", "group", "order", "set", "values", "returning", "loop", "then"})
      if (at.is(ends)) listed_ = false;
    listed_ = listed_ || begins(at);
    return here_;
  }

 private:
  static bool begins(const word &w) { return w.is("from") || w.is("join") || w.is("only"); }
  bool listed_ = false, here_ = false, written_ = false;
  word second_ = {};
};

SERVER_CODE const char *folded(const word &w) {
  return w.quoted ? pg::c_string(w.text)
                  : downcase_truncate_identifier(w.text.data(), static_cast<int>(w.text.size()), false);
}

SERVER_CODE List *functions_of_name(const word &at, const word &last, Oid own, Oid home, List *found) {
  if (at.text.size() >= NAMEDATALEN || last.text.size() >= NAMEDATALEN) return found;
  const bool qualified = at.before == '.' && !last.text.empty();
  const Oid space = qualified ? get_namespace_oid(folded(last), true) : InvalidOid;
  CatCList *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(folded(at)));
  for (int i = 0; i < list->n_members; i++) {
    const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(&list->members[i]->tuple));
    const Oid in = row->pronamespace;
    if (qualified ? in == space : in == own || in == home) found = list_append_unique_oid(found, row->oid);
  }
  ReleaseSysCacheList(list);
  return found;
}

SERVER_CODE List *without_server(List *functions, Oid product) {
  List *found = NIL;
  ListCell *cell;
  foreach (cell, functions)
    if (lfirst_oid(cell) >= FirstUnpinnedObjectId && get_func_namespace(lfirst_oid(cell)) != product)
      found = lappend_oid(found, lfirst_oid(cell));
  return found;
}

SERVER_CODE void add_words(const char *text, Oid own, Oid home, asked &found) {
  from_list from;
  word at, last;
  for (words all(text); all.next(at); last = at) {
    const bool read = from.names(at, last);
    if (all.after() == '(') found.functions = functions_of_name(at, last, own, home, found.functions);
    const bool named = (read || from.writes()) && all.after() != '.';
    const Oid relation = named ? relation_of(at, last, own) : InvalidOid;
    if (OidIsValid(relation) && read) found.relations = list_append_unique_oid(found.relations, relation);
    if (OidIsValid(relation) && from.writes()) found.written = list_append_unique_oid(found.written, relation);
  }
}

}  // namespace

SERVER_CODE void add_asked(Node *tree, asked &found) { note_asked(tree, &found); }

SERVER_CODE asked asked_by_body(Oid function, Oid home) {
  asked found;
  const char *text = body_text(function);
  if (text != nullptr)
    add_words(text, get_func_namespace(function), home, found);
  else
    add_asked(body_tree(function), found);
  found.functions = list_concat_unique_oid(found.functions, supports_of_aggregate(function));
  found.functions = without_server(found.functions, get_namespace_oid("primecloud", true));
  return found;
}

SERVER_CODE asked asked_by(const function_book &book, Oid function) {
  function_facts *facts = facts_of(book, function);
  if (facts->pinned || facts->product) return {};
  if (!facts->followed) {
    const asked found = asked_by_body(function, InvalidOid);
    facts->reads = found.relations;
    facts->calls = found.functions;
    facts->followed = true;
  }
  return {facts->reads, facts->calls};
}

SERVER_CODE bool read_runner(Oid function, runner &as) {
  if (function < FirstUnpinnedObjectId) return false;
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple));
  as = {row->proowner, row->prosecdef};
  const bool ours = row->pronamespace == get_namespace_oid("primecloud", true);
  ReleaseSysCache(tuple);
  return !ours;
}

}  // namespace primecloud::review
