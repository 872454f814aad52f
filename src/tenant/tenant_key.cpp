// tenant_uuid, tenant_bigint, tenant_int, tenant_text: what policies and defaults read.  Each is a load
// and a comparison.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "tenant/at_least.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "utils/uuid.h"
}

namespace {
using namespace primecloud;

using tenant::at_least;

[[gnu::cold, noreturn]] SERVER_CODE void refuse_type(const char *type) {
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("the tenant key is not of type %s", type),
          errhint("Protect the table with a tenant column of the type of the account's key."),
          errhidestmt(tenant::statement_may_hold_token()));
  pg_unreachable();
}

[[gnu::cold, noreturn]] SERVER_CODE void refuse_rank(std::string_view minimum) {
  const auto held = role_name(static_cast<primecloud::role>(tenant::current()->rank));
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
          errmsg("the role \"%.*s\" may not do this", static_cast<int>(held.size()), held.data()),
          errhint("It takes the role \"%.*s\" in the account.", static_cast<int>(minimum.size()), minimum.data()));
  pg_unreachable();
}

// The same for commands whose refusal is to be told: without it they would find no rows.
SERVER_CODE void check_rank(std::string_view minimum, bool refuse) noexcept {
  if (refuse && at_least(minimum) == nullptr && at_least(std::nullopt) != nullptr) refuse_rank(minimum);
}

// A key that is passed by reference lies in the memory of the call site: a filter asks
// for every row, and an allocation for each would cost as much as the comparison.
template <class T>
SERVER_CODE T *kept_at(pg::call_site site) {
  auto *&kept = site.kept<T>();
  if (kept == nullptr) kept = static_cast<T *>(MemoryContextAlloc(site.memory(), sizeof(T)));
  return kept;
}

SERVER_CODE std::optional<pg::owned_uuid> tenant_uuid(pg::call_site site,
                                                      std::optional<std::string_view> minimum) noexcept {
  const context_record *context = at_least(minimum);
  if (context == nullptr) return std::nullopt;
  if (!context->has_uuid) refuse_type("uuid");
  auto *key = kept_at<pg_uuid_t>(site);
  memcpy(key->data, context->tenant_uuid.octets.data(), UUID_LEN);
  return UUIDPGetDatum(key);
}
SERVER_CODE std::optional<int64> tenant_bigint(std::optional<std::string_view> minimum) noexcept {
  const context_record *context = at_least(minimum);
  if (context == nullptr) return std::nullopt;
  if (!context->has_bigint) refuse_type("bigint");
  return context->tenant_bigint;
}
SERVER_CODE std::optional<int32> tenant_int(std::optional<std::string_view> minimum) noexcept {
  const context_record *context = at_least(minimum);
  if (context == nullptr) return std::nullopt;
  if (!context->has_integer) refuse_type("integer");
  return static_cast<int32>(context->tenant_bigint);
}
SERVER_CODE std::optional<pg::owned_text> tenant_text(pg::call_site site,
                                                      std::optional<std::string_view> minimum) noexcept {
  const context_record *context = at_least(minimum);
  if (context == nullptr) return std::nullopt;
  struct longest_text {
    alignas(varlena) char bytes[VARHDRSZ + longest_identifier];
  };
  const auto key = context->tenant();
  varlena *text = pg::lay_varlena(kept_at<longest_text>(site)->bytes, key.size());
  memcpy(pg::room_in(text), key.data(), key.size());
  return text;
}

SERVER_CODE std::optional<pg::owned_uuid> told_uuid(pg::call_site site, std::string_view minimum,
                                                    bool refuse) noexcept {
  check_rank(minimum, refuse);
  return tenant_uuid(site, minimum);
}
SERVER_CODE std::optional<int64> told_bigint(std::string_view minimum, bool refuse) noexcept {
  check_rank(minimum, refuse);
  return tenant_bigint(minimum);
}
SERVER_CODE std::optional<int32> told_int(std::string_view minimum, bool refuse) noexcept {
  check_rank(minimum, refuse);
  return tenant_int(minimum);
}
SERVER_CODE std::optional<pg::owned_text> told_text(pg::call_site site, std::string_view minimum,
                                                    bool refuse) noexcept {
  check_rank(minimum, refuse);
  return tenant_text(site, minimum);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_tenant_uuid, tenant_uuid);
PRIMECLOUD_FUNCTION(primecloud_told_uuid, told_uuid);
PRIMECLOUD_FUNCTION(primecloud_tenant_bigint, tenant_bigint);
PRIMECLOUD_FUNCTION(primecloud_told_bigint, told_bigint);
PRIMECLOUD_FUNCTION(primecloud_tenant_int, tenant_int);
PRIMECLOUD_FUNCTION(primecloud_told_int, told_int);
PRIMECLOUD_FUNCTION(primecloud_tenant_text, tenant_text);
PRIMECLOUD_FUNCTION(primecloud_told_text, told_text);
