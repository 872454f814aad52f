#include "secret/decrypt.hpp"

#include <sodium.h>

#include "secret/audit.hpp"
#include "secret/keyring.hpp"
#include "secret/permission.hpp"
#include "secret/place.hpp"

namespace primecloud::secret {
namespace {

constexpr int not_authentic = MAKE_SQLSTATE('P', 'C', '0', '0', '5');
constexpr int malformed = MAKE_SQLSTATE('P', 'C', '0', '0', '6');

[[noreturn, gnu::cold]] SERVER_CODE void refuse(const reveal &what, bool elsewhere) {
  record_refusal(what);
  ereport(ERROR, errcode(not_authentic),
          errmsg("the envelope does not belong to tenant \"%.*s\", label \"%.*s\", row \"%.*s\"",
                 static_cast<int>(what.tenant.size()), what.tenant.data(), static_cast<int>(what.label.size()),
                 what.label.data(), static_cast<int>(what.row_id.size()), what.row_id.data()),
          elsewhere ? errdetail("Its data key %lld is another tenant's.", what.key_id)
                    : errdetail("It was moved from another row, or altered."),
          errhint("Copy a secret with its row, or seal it again."), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

}  // namespace

namespace {
struct attempt {
  varlena *plaintext;  // nullptr where the envelope does not belong there
  bool elsewhere;      // its key is another tenant's
};

SERVER_CODE attempt try_decrypt(bytes_span envelope, const place &where) {
  // Input lets none of those in: the bytes were damaged where they lie.
  if (const char *problem = envelope_problem(envelope)) {
    ereport(ERROR, errcode(malformed), errmsg("the envelope is malformed: %s", problem),
            errhint("Restore the row from a backup."), errhidestmt(true), errhidecontext(true));
  }
  varlena *out = pg::make_varlena(envelope.size() - envelope_overhead);
  const binding bound_to = binding_of(where);  // asks the server, which may take the key away
  const auto key = key_by_id(envelope_key_id(envelope));
  if (where.tenant != key.tenant || key.purpose != key_purpose::seal) return {nullptr, true};
  const bool opened = open_envelope(envelope, data_key(key.bytes, 32), bound_to.view(), pg::room_in(out));
  return {opened ? out : nullptr, false};
}
}  // namespace

varlena *decrypt_for_anyone(bytes_span envelope, const place &where, std::string_view purpose) {
  const attempt tried = try_decrypt(envelope, where);
  if (tried.plaintext == nullptr)
    refuse({where.tenant, where.label, where.row_id, purpose, envelope_key_id(envelope)}, tried.elsewhere);
  return tried.plaintext;
}

varlena *decrypt(bytes_span envelope, const place &where, std::string_view purpose) {
  check_tenant(where.tenant);
  return decrypt_for_anyone(envelope, where, purpose);
}

bool opens(bytes_span envelope, const place &where) {
  check_tenant(where.tenant);
  const attempt tried = try_decrypt(envelope, where);
  if (tried.plaintext == nullptr) return false;
  wipe(tried.plaintext);
  return true;
}

void wipe(varlena *plaintext) noexcept {
  sodium_memzero(pg::room_in(plaintext), pg::bytes_in(plaintext).size());
  pfree(plaintext);
}

}  // namespace primecloud::secret
