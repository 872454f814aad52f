// open, open_bytes: the way from an envelope to plaintext.
#include <sodium.h>

#include "pg/function.hpp"

extern "C" {
#include "mb/pg_wchar.h"
}
#include "secret/audit.hpp"
#include "secret/keyring.hpp"
#include "secret/permission.hpp"
#include "secret/sealed.hpp"

namespace {
using namespace primecloud;
using secret::sealed_view;

constexpr int not_authentic = MAKE_SQLSTATE('P', 'C', '0', '0', '5');

[[noreturn, gnu::cold]] void refuse(const secret::reveal &what, const char *key_tenant) {
  secret::record_reveal(what);
  const bool elsewhere = what.tenant != key_tenant;
  ereport(ERROR, errcode(not_authentic),
          errmsg("the envelope does not belong to tenant \"%.*s\", label \"%.*s\", row \"%.*s\"", static_cast<int>(what.tenant.size()), what.tenant.data(),
                 static_cast<int>(what.label.size()), what.label.data(), static_cast<int>(what.row_id.size()), what.row_id.data()),
          elsewhere ? errdetail("Its data key %lld is another tenant's.", what.key_id) : errdetail("It was moved from another row, or altered."),
          errhint("Copy a secret with its row, or seal it again."));
  pg_unreachable();
}

// The plaintext as a text or bytea value in server memory, recorded and checked.
varlena *open_to_varlena(sealed_view sealed, std::string_view tenant, std::string_view label, std::string_view row_id, std::string_view purpose) {
  if (purpose.empty()) throw error(invalid_value, "the purpose is empty").with_hint("Say what the secret is opened for: it is recorded.");
  const auto bound_to = binding(tenant, label, row_id);
  secret::reveal what{tenant, label, row_id, purpose, envelope_key_id(sealed.bytes), true};
  varlena *out = nullptr;
  pg::guarded([&] {
    secret::check_tenant(tenant);
    const char *key_tenant;
    const auto key = secret::key_by_id(what.key_id, &key_tenant);
    const size_t size = sealed.bytes.size() - envelope_overhead;
    out = static_cast<varlena *>(palloc(VARHDRSZ + size));
    SET_VARSIZE(out, VARHDRSZ + size);
    auto *plaintext = reinterpret_cast<std::uint8_t *>(VARDATA(out));
    if (tenant != key_tenant || !open_envelope(sealed.bytes, data_key(key.bytes, 32), bound_to, plaintext)) {
      what.opened = false;
      refuse(what, key_tenant);
    }
    secret::record_reveal(what);
  });
  return out;
}

struct opened_text { varlena *value; };
struct opened_bytes { varlena *value; };

opened_text open_text(sealed_view sealed, std::string_view tenant, std::string_view label, std::string_view row_id, std::string_view purpose) {
  varlena *out = open_to_varlena(sealed, tenant, label, row_id, purpose);
  // Sealed as bytes, perhaps: text must be text.
  pg::guarded([&] { pg_verifymbstr(VARDATA(out), static_cast<int>(VARSIZE(out) - VARHDRSZ), false); });
  return {out};
}
opened_bytes open_bytes(sealed_view sealed, std::string_view tenant, std::string_view label, std::string_view row_id, std::string_view purpose) {
  return {open_to_varlena(sealed, tenant, label, row_id, purpose)};
}
}  // namespace

namespace primecloud::pg {
template <> struct datum<opened_text> {
  static constexpr const char *sql = "text";
  static Datum put(opened_text v) noexcept { return PointerGetDatum(v.value); }
};
template <> struct datum<opened_bytes> {
  static constexpr const char *sql = "bytea";
  static Datum put(opened_bytes v) noexcept { return PointerGetDatum(v.value); }
};
}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_open, open_text);
PRIMECLOUD_FUNCTION(primecloud_open_bytes, open_bytes);
