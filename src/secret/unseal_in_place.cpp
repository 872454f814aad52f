// unseal_in_place: a sealed column becomes one of plaintext, by a rewrite of its table.  The statement is made
// here, of names; unseal() and unseal_bytes() open envelopes within it and nowhere else, so that nobody has them open
// what no record tells of.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/audit.hpp"
#include "secret/unseal.hpp"

extern "C" {
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;
using secret::sealed_view;
using secret::text_argument;

// The statement under way.  After an error its subtransaction is gone, and so is what this allows.
struct {
  FullTransactionId transaction;
  SubTransactionId within = InvalidSubTransactionId;
  secret::unopened otherwise;
  secret::key_standings keys;
} unsealing;

SERVER_CODE void check_unsealing() {
  // (Nor for the code of the table's owner, by which indexes are built anew.)
  if (unsealing.within == GetCurrentSubTransactionId() && !InSecurityRestrictedOperation() &&
      FullTransactionIdEquals(unsealing.transaction, GetTopFullTransactionIdIfAny()))
    return;
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("secrets are unsealed by unseal_column() alone"),
          errhint("Call primecloud.reveal() or primecloud.open(), which record what they open."));
}

SERVER_CODE std::optional<Datum> unsealed(std::optional<sealed_view> sealed, text_argument tenant, text_argument label,
                                          text_argument row_id, bool as_bytes) {
  check_unsealing();
  if (!sealed) return std::nullopt;
  Datum value;
  if (!secret::plain_value(sealed->bytes, secret::checked_place(tenant, label, row_id), unsealing.keys,
                           unsealing.otherwise, as_bytes, &value))
    return std::nullopt;
  return value;
}

SERVER_CODE std::optional<pg::owned_text> unseal(std::optional<sealed_view> sealed, text_argument tenant,
                                                 text_argument label, text_argument row_id) {
  const auto value = unsealed(sealed, tenant, label, row_id, false);
  if (!value) return std::nullopt;
  return reinterpret_cast<varlena *>(DatumGetPointer(*value));
}
SERVER_CODE std::optional<pg::owned_bytes> unseal_bytes(std::optional<sealed_view> sealed, text_argument tenant,
                                                        text_argument label, text_argument row_id) {
  const auto value = unsealed(sealed, tenant, label, row_id, true);
  if (!value) return std::nullopt;
  return reinterpret_cast<varlena *>(DatumGetPointer(*value));
}

SERVER_CODE const char *statement_for(const char *table, const char *column, const char *tenant, const char *id,
                                      const char *label, Oid type, int32 typmod) {
  return psprintf("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING primecloud_internal.%s(%s, %s::text, %s, %s::text)::%s",
                  table, column, format_type_with_typemod(type, typmod), type == BYTEAOID ? "unseal_bytes" : "unseal",
                  column, tenant, label, id, format_type_with_typemod(type, typmod));
}

SERVER_CODE pg::nothing unseal_in_place(pg::relation table, std::string_view column, std::string_view tenant_column,
                                        std::string_view id_column, std::string_view label, pg::type type, int32 typmod,
                                        std::string_view otherwise) noexcept {
  if (get_rel_name(table.oid) == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", table.oid),
            errhint("It was dropped meanwhile."));
  const char *name =
      quote_qualified_identifier(get_namespace_name(get_rel_namespace(table.oid)), get_rel_name(table.oid));
  secret::check_may_open(name, pg::c_string(column));
  // A type of somebody's would run his code as whoever asks.
  if (type.oid >= FirstNormalObjectId || get_typtype(type.oid) != TYPTYPE_BASE) {
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("a column is not unsealed into type %s at once",
                   format_type_extended(type.oid, -1, FORMAT_TYPE_ALLOW_INVALID)),
            errhint("Unseal it into text or bytea, and alter its type then."));
  }
  const auto mode = secret::unopened_of(otherwise);
  if (mode == secret::unopened::envelope && type.oid == BYTEAOID) {
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("an envelope that is kept as text is no bytea"),
            errhint("Pass as_type => 'text', or unopened => 'null'."));
  }
  secret::record_unsealing(
      label, psprintf("unsealed: column %.*s of %s", static_cast<int>(column.size()), column.data(), name));
  unsealing = {GetTopFullTransactionId(), GetCurrentSubTransactionId(), mode, {}};
  unsealing.keys.begin();
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  const int code = SPI_execute(
      statement_for(name, quote_identifier(pg::c_string(column)), quote_identifier(pg::c_string(tenant_column)),
                    quote_identifier(pg::c_string(id_column)), quote_literal_cstr(pg::c_string(label)), type.oid,
                    typmod),
      false, 0);
  if (code < 0) elog(ERROR, "could not execute: %s", SPI_result_code_string(code));
  SPI_finish();
  unsealing.within = InvalidSubTransactionId;
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_unseal, unseal);
PRIMECLOUD_FUNCTION(primecloud_unseal_bytes, unseal_bytes);
PRIMECLOUD_FUNCTION(primecloud_unseal_in_place, unseal_in_place);
