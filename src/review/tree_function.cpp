#include "review/tree_function.hpp"

#include "core/review/words.hpp"
#include "pg/c_string.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

#include "review/body.hpp"

namespace primecloud::review {
namespace {

struct entry {
  Oid oid;
  function_facts facts;
};

bool is_one_of(const char *name, std::initializer_list<const char *> names) {
  for (const char *one : names)
    if (strcmp(name, one) == 0) return true;
  return false;
}

// The product's functions that say who comes.
bits product_flags(const char *name, bool &context) {
  context = strncmp(name, "tenant_", 7) == 0 || is_one_of(name, {"user_id", "has_role", "role", "context"});
  if (strcmp(name, "in_scope") == 0) return asks | confines;
  return is_one_of(name, {"user_id", "has_role", "role"}) ? person : 0;
}

SERVER_CODE bool is_text_language(Oid language) {
  char *name = get_language_name(language, true);
  return name != nullptr && !is_one_of(name, {"c", "internal"});
}

SERVER_CODE void look_into_body(function_facts &facts, Oid function) {
  const body_facts body = facts_of_body(function);
  if (body.context.any) {
    facts.context = true;
    facts.flags |= body.context.person || body.context.role || names_a_person(facts.name) ? person : 0;
    facts.flags |= body.context.claim ? claimed : 0;
    facts.flags |= body.context.fixed ? servers : 0;
    if (!body.context.setting.empty()) facts.flags |= flags_of_setting(pg::c_string(body.context.setting)) & forgeable;
  }
  if ((facts.flags & (stable | unstable)) == 0 && (body.context.any || body.reads)) facts.flags |= fixed_context;
}

SERVER_CODE void read_facts(function_facts &facts, const function_book &book, HeapTuple tuple) {
  const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple));
  facts.name = pstrdup(NameStr(row->proname));
  facts.pinned = row->oid < FirstUnpinnedObjectId;
  facts.product = row->pronamespace == book.product_schema;
  facts.label = facts.pinned ? facts.name : format_procedure(row->oid);
  facts.flags = (row->proisstrict ? strict : 0) | (row->provolatile == PROVOLATILE_STABLE ? stable : 0) |
                (row->provolatile == PROVOLATILE_VOLATILE ? unstable : 0) |
                (row->proparallel != PROPARALLEL_SAFE && !facts.pinned ? unparallel : 0);
  if (!facts.pinned && !pg::may_execute(book.app, row->oid)) facts.flags |= refused;
  if (facts.product) {
    facts.flags |= product | product_flags(facts.name, facts.context);
  } else if (!facts.pinned && is_text_language(row->prolang)) {
    facts.inlines = row->prolang == SQLlanguageId && !row->prosecdef && row->provolatile != PROVOLATILE_VOLATILE &&
                    !row->proretset && row->prokind == PROKIND_FUNCTION &&
                    heap_attisnull(tuple, Anum_pg_proc_proconfig, nullptr);
    look_into_body(facts, row->oid);
  }
}

}  // namespace

bool names_a_person(std::string_view name) {
  for (const std::string_view part : {"user", "person", "member", "email", "owner", "subject", "actor", "uid", "sub"})
    if (name.find(part) != name.npos && (part != "sub" || name.ends_with("sub"))) return true;
  return false;
}

SERVER_CODE bits flags_of_setting(const char *name) {
  constexpr int is_placeholder = GUC_CUSTOM_PLACEHOLDER;
  if (pg_strncasecmp(name, "primecloud.", 11) == 0) return setting | servers;
  const bool dotted = strchr(name, '.') != nullptr;
  const char *value = GetConfigOption(name, true, false);
  if (value == nullptr && !dotted) return setting | unknown;
  const bool made_by_clients = dotted && (GetConfigOptionFlags(name, true) & is_placeholder) == is_placeholder;
  bits flags = setting | (names_a_person(name) ? person : 0);
  if (value == nullptr || made_by_clients) return flags | forgeable | placeholder;
  flags |= servers;  // or a library's: for everybody the same
  for (const char *open : {"application_name", "search_path", "timezone", "work_mem", "datestyle", "client_encoding"})
    if (pg_strcasecmp(name, open) == 0) flags |= forgeable;
  return flags;
}

SERVER_CODE function_book open_function_book(Oid app) {
  HASHCTL control{};
  control.keysize = sizeof(Oid);
  control.entrysize = sizeof(entry);
  control.hcxt = CurrentMemoryContext;
  return {hash_create("functions under review", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT),
          get_namespace_oid("primecloud", true), app};
}

SERVER_CODE function_facts *facts_of(const function_book &book, Oid function) {
  bool found;
  auto *known = static_cast<entry *>(hash_search(book.known, &function, HASH_ENTER, &found));
  if (found) return &known->facts;
  memset(&known->facts, 0, sizeof known->facts);
  known->facts.oid = function;
  known->facts.name = known->facts.label = "?";
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return &known->facts;  // dropped meanwhile
  read_facts(known->facts, book, tuple);
  ReleaseSysCache(tuple);
  return &known->facts;
}

}  // namespace primecloud::review
