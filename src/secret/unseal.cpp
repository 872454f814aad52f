#include "secret/unseal.hpp"

#include "pg/server_version.hpp"
#include "secret/decrypt.hpp"
#include "secret/encoding.hpp"
#include "secret/keyring.hpp"
#include "secret/permission.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
}

namespace primecloud::secret {
namespace {

SERVER_CODE Oid open_function() {
  List *name = list_make2(makeString(pstrdup("primecloud")), makeString(pstrdup("open")));
  return LookupFuncName(name, -1, nullptr, false);
}

SERVER_CODE Datum text_of_envelope(bytes_span envelope) {
  Oid output;
  bool varies;
  getTypeOutputInfo(sealed_type(), &output, &varies);
  return CStringGetTextDatum(OidOutputFunctionCall(output, PointerGetDatum(pg::copy_varlena(envelope))));
}

}  // namespace

unopened unopened_of(std::string_view word) {
  if (word == "refuse") return unopened::refuse;
  if (word == "null") return unopened::null;
  if (word == "envelope") return unopened::envelope;
  ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
          errmsg("unopened is refuse, null or envelope, not \"%.*s\"",
                 static_cast<int>(word.size() > 100 ? 100 : word.size()), word.data()),
          errhint("It says what becomes of secrets that no key opens any more."));
  pg_unreachable();
}

// Asked of whoever chose the role and of whoever runs this, as permission.cpp asks.
void check_may_open(const char *table, const char *column) {
  const Oid open = open_function();
  if (may_act_for_any_tenant() && pg::may_execute(GetOuterUserId(), open) && pg::may_execute(GetUserId(), open)) return;
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
          errmsg("permission denied to unseal column \"%s\" of %s", column, table),
          errhint("It takes the right to open the secrets of every tenant: EXECUTE on primecloud.open() and "
                  "primecloud.act_for_any_tenant(), as a superuser has it."));
}

namespace {
SERVER_CODE const char *try_open(bytes_span envelope, const place &where, key_standings &keys, varlena **opened) {
  check_tenant(where.tenant);
  if (envelope_problem(envelope) != nullptr) return "PC006";
  const std::int64_t id = envelope_key_id(envelope);
  if (const char *problem = why_not(keys.of(id))) return problem;
  varlena *out = pg::make_varlena(envelope.size() - envelope_overhead);
  const binding bound_to = binding_of(where);  // asks the server, which may take the key away
  const auto key = key_by_id(id);
  if (key.tenant != where.tenant ||
      !open_envelope(envelope, data_key(key.bytes, 32), bound_to.view(), pg::room_in(out)))
    return "PC005";
  *opened = out;
  return nullptr;
}
}  // namespace

const char *why_closed(bytes_span envelope, const place &where, key_standings &keys) {
  varlena *opened;
  const char *problem = try_open(envelope, where, keys, &opened);
  if (problem == nullptr) wipe(opened);
  return problem;
}

varlena *open_for_good(bytes_span envelope, const place &where, key_standings &keys, unopened otherwise) {
  if (otherwise == unopened::refuse) return decrypt(envelope, where, "unsealing");
  varlena *opened;
  return try_open(envelope, where, keys, &opened) == nullptr ? opened : nullptr;
}

bool plain_value(bytes_span envelope, const place &where, key_standings &keys, unopened otherwise, bool as_bytes,
                 Datum *value) {
  varlena *opened = open_for_good(envelope, where, keys, otherwise);
  if (opened == nullptr) {
    if (otherwise != unopened::envelope) return false;
    *value = text_of_envelope(envelope);
    return true;
  }
  if (!as_bytes) {
    varlena *text = from_utf8(opened);
    if (text == nullptr) {
      ereport(ERROR, errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
              errmsg("the secret of row \"%.*s\" is not text in the database's encoding",
                     static_cast<int>(where.row_id.size()), where.row_id.data()),
              errhint("Unseal the column with as_type => 'bytea'."), errhidestmt(true), errhidecontext(true));
    }
    if (text != opened) wipe(opened);
    opened = text;
  }
  *value = PointerGetDatum(opened);
  return true;
}

}  // namespace primecloud::secret
