#include "secret/first_key.hpp"

#include <sodium.h>

#include "pg/guard.hpp"
#include "secret/encoding.hpp"
#include "secret/root_check.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "access/xact.h"
}

namespace primecloud::secret {
namespace {

constexpr int retired_key = MAKE_SQLSTATE('P', 'C', '0', '0', '4');

[[noreturn, gnu::cold]] SERVER_CODE void refuse_shredded(std::string_view tenant) {
  ereport(ERROR, errcode(retired_key),
          errmsg("the keys of tenant \"%.*s\" were destroyed", static_cast<int>(tenant.size()), tenant.data()),
          errhint("A tenant that begins anew gets a key by primecloud.rotate_key()."), errhidestmt(true),
          errhidecontext(true));
  pg_unreachable();
}

// (A key is written beside the transaction, but drawing its number is not.)
SERVER_CODE void check_may_write(std::string_view tenant) {
  if (!XactReadOnly) return;
  ereport(ERROR, errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
          errmsg("tenant \"%.*s\" has no key for this yet, and none is made in a read-only transaction",
                 static_cast<int>(tenant.size()), tenant.data()),
          errhint("Seal or hash for it once in a transaction that may write, on the primary."), errhidestmt(true),
          errhidecontext(true));
}

}  // namespace

std::int32_t wrap_new_key(const key_identity &whose, wrapped_key &wrapped) {
  root_key root;
  pg::guarded([&] { checked_root(0, &root); });
  struct drawn {
    std::uint8_t key[32], nonce[24];
    ~drawn() { sodium_memzero(this, sizeof *this); }
  } fresh;
  randombytes_buf(&fresh, sizeof fresh);
  wrapped = wrap_key(fresh.key, root, whose, fresh.nonce);
  return root.version;
}

void check_keys_are_here() {
  if (!tenant::is_elsewhere()) return;
  ereport(
      ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
      errmsg("data keys are the coordinator's, and this is another node"),
      errhint("Seal, hash and open on the coordinator: into a variable or a parameter, not in what runs on the nodes "
              "that hold rows."),
      errhidestmt(true), errhidecontext(true));
}

void make_first_key(std::string_view tenant, key_purpose purpose) {
  if (is_shredded(tenant)) refuse_shredded(tenant);
  check_may_write(tenant);
  const std::int64_t id = next_key_id();
  begin_key(tenant, purpose);
  bool committed;
  if (is_shredded(tenant)) refuse_shredded(tenant);
  if (!has_active_key(tenant, purpose, &committed)) {
    wrapped_key wrapped;
    const std::int32_t version = wrap_new_key({id, to_utf8(tenant), purpose_name(purpose)}, wrapped);
    insert_key_beside(id, tenant, purpose, version, wrapped);
  } else if (!committed) {
    ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE),
            errmsg("another transaction makes a data key for tenant \"%.*s\"", static_cast<int>(tenant.size()),
                   tenant.data()),
            errhint("Try again when it has ended."), errhidestmt(true), errhidecontext(true));
  }
  end_key(tenant, purpose);
}

}  // namespace primecloud::secret
