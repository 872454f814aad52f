// seal_for: seals for a row of a registered column, in the entered account.  The
// registration is looked up once a place in a query, since a look-up costs more than the
// cipher, and again when a registration or a table has changed: PL/pgSQL keeps such places
// for the whole transaction.
#include "pg/cached_table.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/literal.hpp"
#include "secret/registration.hpp"
#include "secret/seal.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;
using secret::registration;
using secret::sealed_value;
using secret::text_argument;

[[noreturn, gnu::cold]] SERVER_CODE void refuse_type(Oid given, Oid wanted) {
  ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
          errmsg("the row id is of type %s, the column of %s", format_type_be(given), format_type_be(wanted)),
          errhint("Cast it: an envelope is bound to the id as its column writes it."), errhidestmt(true),
          errhidecontext(true));
  pg_unreachable();
}

bool is_integer(Oid type) noexcept { return type == INT2OID || type == INT4OID || type == INT8OID; }
bool is_text(Oid type) noexcept { return type == TEXTOID || type == VARCHAROID || type == BPCHAROID; }

// The id as its column writes it: one spelling, whatever the caller's.
SERVER_CODE std::string_view row_id_text(Datum value, Oid given, Oid wanted) {
  const Oid type = getBaseType(given);
  if (is_integer(type) && is_integer(wanted)) {
    auto *text = static_cast<char *>(palloc(MAXINT8LEN + 1));
    const int64 number = type == INT2OID   ? DatumGetInt16(value)
                         : type == INT4OID ? DatumGetInt32(value)
                                           : DatumGetInt64(value);
    return {text, static_cast<size_t>(pg_lltoa(number, text))};
  }
  if (is_text(type) && !is_text(wanted)) {  // from a driver that leaves the type to the server
    Oid input, parameter;
    getTypeInputInfo(wanted, &input, &parameter);
    value = OidInputFunctionCall(input, TextDatumGetCString(value), parameter, -1);
  } else if (type != wanted && !(is_text(type) && is_text(wanted))) {
    refuse_type(given, wanted);
  }
  Oid output;
  bool variable;
  getTypeOutputInfo(wanted, &output, &variable);
  std::string_view text = OidOutputFunctionCall(output, value);
  while (wanted == BPCHAROID && text.ends_with(' ')) text.remove_suffix(1);  // as its cast to text does
  return text;
}

struct known_registration {
  registration found;
  std::uint64_t changes;  // pg::relation_changes() before the look-up
};

SERVER_CODE registration &registered(const pg::call_site &site, Oid table, const char *column) {
  auto *&kept = site.kept<known_registration>();
  if (kept == nullptr)
    kept = static_cast<known_registration *>(MemoryContextAllocZero(site.memory(), sizeof(known_registration)));
  const bool same =
      OidIsValid(kept->found.table) && kept->found.table == table && strcmp(NameStr(kept->found.column), column) == 0;
  if (!same || kept->changes != pg::relation_changes()) {
    known_registration fresh;
    fresh.changes = pg::relation_changes();
    secret::find_registration(table, column, fresh.found);
    *kept = fresh;
  }
  return kept->found;
}

SERVER_CODE std::optional<sealed_value> seal_row(const pg::call_site &site, std::optional<pg::relation> table,
                                                 std::optional<pg::name_view> column, Datum row_id, Oid row_id_type,
                                                 text_argument plaintext) {
  if (!plaintext) return std::nullopt;
  secret::check_plaintext(*plaintext);
  if (!table || !column) {
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", table ? "column" : "table"),
            errhint("Name a table and its sealed column."), errhidestmt(true), errhidecontext(true));
  }
  const registration &column_of = registered(site, table->oid, column->text);
  const context_record *context = tenant::current();
  if (context == nullptr || !context->has_tenant) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("no tenant has been entered in this transaction"),
            errhint("Call primecloud.enter(token) after BEGIN."), errhidestmt(true), errhidecontext(true));
  }
  const auto id = row_id_text(row_id, row_id_type, column_of.id_type);
  return secret::seal_text(*plaintext, secret::checked_place(context->tenant(), column_of.label_view(), id));
}

// NULL is a mistake here, not an absent secret: the row has an id before it is sealed.
[[noreturn, gnu::cold]] SERVER_CODE void refuse_missing_id() {
  ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the row id is NULL"),
          errhint("Make the id first: the envelope is bound to it."), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

SERVER_CODE std::optional<sealed_value> seal_for(pg::call_site site, std::optional<pg::relation> table,
                                                 std::optional<pg::name_view> column,
                                                 std::optional<pg::any_value> row_id, text_argument plaintext) {
  if (!plaintext) return std::nullopt;
  if (!row_id) refuse_missing_id();
  return seal_row(site, table, column, row_id->value, site.argument_type(2), plaintext);
}
SERVER_CODE std::optional<sealed_value> seal_for_text(pg::call_site site, std::optional<pg::relation> table,
                                                      std::optional<pg::name_view> column, text_argument row_id,
                                                      text_argument plaintext) {
  if (!plaintext) return std::nullopt;
  if (!row_id) refuse_missing_id();
  return seal_row(site, table, column, pg::datum<std::string_view>::put(*row_id), TEXTOID, plaintext);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_seal_for, seal_for);
PRIMECLOUD_FUNCTION(primecloud_seal_for_text, seal_for_text);
