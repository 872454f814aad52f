// The sealed type: text and binary form, the redacting cast to json, what may be read
// of an envelope without a key.
#include "secret/sealed.hpp"

#include <cstdio>

#include "core/json/writer.hpp"
#include "core/secret/generated.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"

extern "C" {
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
}

namespace {
using namespace primecloud;
using secret::sealed_value;
using secret::sealed_view;

// Nothing where the text is no envelope.
std::optional<sealed_value> read_sealed(const char *text) {
  const auto bytes = parse_envelope_text(text);
  if (!bytes) return std::nullopt;
  return sealed_value{reinterpret_cast<varlena *>(DatumGetPointer(pg::datum<std::vector<std::uint8_t>>::put(*bytes)))};
}

// The input could be a secret on its way into the wrong column: it is never repeated,
// and the statement that holds it is kept out of the log.  Returns to whoever wants it noted.
SERVER_CODE Datum refuse_input([[maybe_unused]] Node *context, int code, const char *hint) {
  errsave(context, errcode(code), errmsg("value is not a sealed envelope"), errhint("%s", hint), errhidestmt(true),
          errhidecontext(true));
  return 0;
}

// Written as it is, so that it can be looked at; but a dump of it is one that no restore takes.
SERVER_CODE void warn_of_damage(const char *problem) {
  ereport(WARNING, errcode(MAKE_SQLSTATE('P', 'C', '0', '0', '6')), errmsg("an envelope is malformed: %s", problem),
          errhint("Restore its row from a backup: no input takes it as it is."), errhidestmt(true),
          errhidecontext(true));
}

const char *sealed_out(sealed_view sealed) {
  if (const char *problem = envelope_problem(sealed.bytes)) pg::guarded([&] { warn_of_damage(problem); });
  return pg::c_string_of(envelope_text(sealed.bytes));
}

// JSON text: the type's own, so that to_json and json_agg redact by themselves.
pg::json_string sealed_to_json(sealed_view sealed) {
  pg::json_string out;
  json_writer json([&out](std::string_view piece) { out.text += piece; });
  json.open('{');
  json.truth("sealed", true);
  json.number("key", envelope_key_id(sealed.bytes));
  json.close('}');
  return out;
}
std::string_view redacted(sealed_view) noexcept { return redacted_text; }
pg::bytes_view sealed_send(sealed_view sealed) noexcept { return sealed.bytes; }
int64 key_id(sealed_view sealed) noexcept { return envelope_key_id(sealed.bytes); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_sealed_out, sealed_out);
PRIMECLOUD_FUNCTION(primecloud_sealed_send, sealed_send);
PRIMECLOUD_FUNCTION(primecloud_sealed_to_json, sealed_to_json);
PRIMECLOUD_FUNCTION(primecloud_redacted, redacted);
PRIMECLOUD_FUNCTION(primecloud_key_id, key_id);

// Input, as text and as the protocol's binary (whose type no SQL can name), checked equally strictly.
extern "C" {
PGDLLEXPORT Datum primecloud_sealed_in(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_sealed_in);
SERVER_CODE Datum primecloud_sealed_in(PG_FUNCTION_ARGS) {
  const char *text = PG_GETARG_CSTRING(0);
  if (const auto sealed = pg::boundary([text] { return read_sealed(text); })) PG_RETURN_POINTER(sealed->value);
  return refuse_input(fcinfo->context, ERRCODE_INVALID_TEXT_REPRESENTATION,
                      "Seal the plaintext with primecloud.seal() or primecloud.seal_for().");
}

PGDLLEXPORT Datum primecloud_sealed_recv(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_sealed_recv);
SERVER_CODE Datum primecloud_sealed_recv(PG_FUNCTION_ARGS) {
  auto *message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
  const int size = message->len - message->cursor;
  const auto *bytes = reinterpret_cast<const std::uint8_t *>(pq_getmsgbytes(message, size));
  if (envelope_problem({bytes, static_cast<size_t>(size)}) != nullptr) {
    return refuse_input(fcinfo->context, ERRCODE_INVALID_BINARY_REPRESENTATION,
                        "Send the bytes that a binary SELECT gives.");
  }
  PG_RETURN_POINTER(pg::copy_varlena({bytes, static_cast<size_t>(size)}));
}
}
