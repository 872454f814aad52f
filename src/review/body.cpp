#include "review/body.hpp"

#include "pg/c_string.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

struct search {
  body_facts found;
  List *named;  // relations
  Oid product;
  int depth;
};

SERVER_CODE body_facts facts_of_text(Oid function, int depth);

SERVER_CODE void note_function(search &s, Oid function) {
  if (get_func_namespace(function) == s.product) {
    const char *name = get_func_name(function);
    const body_context ours = context_of_body(psprintf("primecloud.%s(", name == nullptr ? "" : name));
    s.found.context.any = s.found.context.any || ours.any;
    s.found.context.tenant = s.found.context.tenant || ours.tenant;
    s.found.context.person = s.found.context.person || ours.person;
    return;
  }
  if (function < FirstUnpinnedObjectId || s.depth > 0) return;
  const body_facts deeper = facts_of_text(function, s.depth + 1);
  if (deeper.context.any && !s.found.context.any) s.found.context = deeper.context;
}

SERVER_CODE bool visit(Node *node, void *context) {
  auto &s = *static_cast<search *>(context);
  if (node == nullptr) return false;
  if (IsA(node, SQLValueFunction)) {
    const auto op = castNode(SQLValueFunction, node)->op;
    if (op == SVFOP_CURRENT_USER || op == SVFOP_SESSION_USER || op == SVFOP_CURRENT_ROLE || op == SVFOP_USER)
      s.found.context.any = s.found.context.role = true;
    if (op == SVFOP_CURRENT_USER || op == SVFOP_CURRENT_ROLE || op == SVFOP_USER) s.found.context.as_it_runs = true;
  } else if (IsA(node, FuncExpr)) {
    const auto *call = castNode(FuncExpr, node);
    const char *name = call->funcid < FirstUnpinnedObjectId ? get_func_name(call->funcid) : nullptr;
    if (name == nullptr) {
      note_function(s, call->funcid);
    } else if (strcmp(name, "current_setting") == 0) {
      s.found.context.any = true;
      auto *argument = static_cast<Node *>(linitial(call->args));
      if (IsA(argument, Const) && !castNode(Const, argument)->constisnull)
        s.found.context.setting = TextDatumGetCString(castNode(Const, argument)->constvalue);
    }
  } else if (IsA(node, RangeTblEntry)) {
    const auto *entry = castNode(RangeTblEntry, node);
    if (entry->rtekind == RTE_RELATION) {
      s.found.reads = true;
      s.named = list_append_unique_oid(s.named, entry->relid);
    }
    return false;
  } else if (IsA(node, Query)) {
    return pg::walk_query_entries(castNode(Query, node), visit, context);
  }
  return pg::walk_below(node, visit, context);
}

// Functions of a name that a text calls, and what they ask.
SERVER_CODE void note_named_function(body_facts &found, const word &at, Oid product, int depth) {
  if (depth > 0 || found.context.any || at.text.size() >= NAMEDATALEN) return;
  const char *name = at.quoted ? pg::c_string(at.text)
                               : downcase_truncate_identifier(at.text.data(), static_cast<int>(at.text.size()), false);
  CatCList *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
  for (int i = 0; i < list->n_members; i++) {
    const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(&list->members[i]->tuple));
    if (row->oid < FirstUnpinnedObjectId || row->pronamespace == product) continue;
    const body_facts deeper = facts_of_text(row->oid, depth + 1);
    if (deeper.context.any) found.context = deeper.context;
  }
  ReleaseSysCacheList(list);
}

bool precedes_relation(const word &w) {
  return w.is("from") || w.is("join") || w.is("update") || w.is("into") || w.is("only");
}

SERVER_CODE body_facts facts_as_written(Oid function, int depth) {
  search s{};
  s.product = get_namespace_oid("primecloud", true);
  s.depth = depth;
  if (Node *tree = body_tree(function)) {
    visit(tree, &s);
    return s.found;
  }
  const char *text = body_text(function);
  if (text == nullptr) return s.found;
  s.found.context = context_of_body(text);
  const Oid home = get_func_namespace(function);
  word at, last, second;
  for (words all(text); all.next(at); second = last, last = at) {
    if (all.after() == '(') note_named_function(s.found, at, s.product, depth);
    if (s.found.reads || all.after() == '.') continue;
    const bool behind = at.before == '.' ? precedes_relation(second) : precedes_relation(last);
    s.found.reads = behind && OidIsValid(relation_of(at, last, home));
  }
  return s.found;
}

SERVER_CODE body_facts facts_of_text(Oid function, int depth) {
  body_facts found = facts_as_written(function, depth);
  found.context.fixed = found.context.fixed || (found.context.any && says_itself(function, found.context));
  return found;
}

}  // namespace

SERVER_CODE body_facts facts_of_body(Oid function) { return facts_of_text(function, 0); }

SERVER_CODE List *relations_named(Oid function, Oid home) {
  search s{};
  s.depth = 1;
  if (Node *tree = body_tree(function)) {
    visit(tree, &s);
    return s.named;
  }
  const char *text = body_text(function);
  if (text == nullptr) return NIL;
  const Oid own = get_func_namespace(function);
  word at, last;
  for (words all(text); all.next(at); last = at) {
    for (const Oid space : {own, home}) {
      const Oid relation = relation_of(at, last, space);
      if (OidIsValid(relation)) s.named = list_append_unique_oid(s.named, relation);
    }
  }
  return s.named;
}

}  // namespace primecloud::review
