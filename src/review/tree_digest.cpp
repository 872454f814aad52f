// The text of a server's tree in which whatever is another in another database stands by its name.
#include <cinttypes>

#include "review/tree_marks.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "nodes/nodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

constexpr unsigned long first_of_this_database = 12000;  // oids below are the same in all of a version

bool is_one_of(const char *name, std::initializer_list<const char *> names) {
  for (const char *one : names)
    if (strcmp(name, one) == 0) return true;
  return false;
}

bool ends_in(const char *name, const char *end) {
  const std::size_t length = strlen(name), part = strlen(end);
  return length >= part && strcmp(name + length - part, end) == 0;
}

// Where it stands in a text, whose rights are asked, and what another field says already.
bool is_left_out(const char *label) {
  return is_one_of(label, {"location", "stmt_len", "stmt_location", "checkAsUser", "resorigtbl", "opfuncid"});
}

SERVER_CODE const char *qualified(Oid space, const char *name) {
  return name == nullptr ? "?" : quote_qualified_identifier(get_namespace_name(space), name);
}

SERVER_CODE const char *collation_label(Oid collation) {
  HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
  if (!HeapTupleIsValid(tuple)) return "?";
  const auto *row = reinterpret_cast<const FormData_pg_collation *>(GETSTRUCT(tuple));
  const char *label = qualified(row->collnamespace, NameStr(row->collname));
  ReleaseSysCache(tuple);
  return label;
}

// What a number is by the field that it stands in; nullptr: itself.
SERVER_CODE const char *name_of(const char *label, Oid oid) {
  if (is_one_of(label, {"funcid", "aggfnoid", "winfnoid", "negfuncid", "hashfuncid", "tsmhandler"}))
    return format_procedure_qualified(oid);
  if (is_one_of(label, {"opno", "opnos", "eqop", "sortop"})) return format_operator_qualified(oid);
  if (strstr(label, "coll") != nullptr) return collation_label(oid);
  if (ends_in(label, "type") || ends_in(label, "types") || ends_in(label, "typeid") || ends_in(label, "typid"))
    return format_type_extended(oid, -1, FORMAT_TYPE_FORCE_QUALIFY);
  if (is_one_of(label, {"relid", "seqid"})) return qualified(get_rel_namespace(oid), get_rel_name(oid));
  return nullptr;
}

SERVER_CODE void put(StringInfo out, const char *label, const char *word) {
  char *end;
  const unsigned long number = strtoul(word, &end, 10);
  const bool whole = end != word && (*end == '\0' || (*end == ')' && end[1] == '\0') || *end == '}');
  const char *name = whole && *word != '-' && number >= first_of_this_database && number <= PG_UINT32_MAX
                         ? name_of(label, static_cast<Oid>(number))
                         : nullptr;
  appendStringInfo(out, "%s%s ", name == nullptr ? word : name, name == nullptr ? "" : end);
}

}  // namespace

SERVER_CODE const char *digest_of(const void *tree) {
  char *said = nodeToString(tree);
  StringInfoData out;
  initStringInfo(&out);
  const char *label = "";
  char *rest = nullptr;
  for (char *word = strtok_r(said, " \n", &rest); word != nullptr; word = strtok_r(nullptr, " \n", &rest)) {
    if (*word == ':') label = word + 1;
    if (!is_left_out(label)) {
      put(&out, label, word);
      continue;
    }
    // (What closes the node is no part of the field.)
    for (const char *c = word; *word != ':' && *c != '\0'; c++)
      if (*c == '}' || *c == ')') appendStringInfoChar(&out, *c);
  }
  const auto *bytes = reinterpret_cast<const unsigned char *>(out.data);
  char *made = psprintf("%016" PRIx64 "%016" PRIx64, hash_bytes_extended(bytes, out.len, 1),
                        hash_bytes_extended(bytes, out.len, 2));
  pfree(out.data);
  pfree(said);
  return made;
}

SERVER_CODE const char *mark_of_collation(Oid collation, Oid type) {
  const bool usual =
      !OidIsValid(collation) || collation == DEFAULT_COLLATION_OID || collation == get_typcollation(type);
  return usual ? "" : psprintf("collate %s", collation_label(collation));
}

}  // namespace primecloud::review
