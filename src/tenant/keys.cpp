// tenant_uuid, tenant_bigint, tenant_int, tenant_text, user_id, role, has_role,
// in_scope: what policies and defaults read.  Each is a load and a comparison.
#include <limits>

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/startup.hpp"
#include "tenant/context.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "utils/uuid.h"
}

namespace {
using namespace primecloud;

enum missing_context { missing_is_error, missing_is_empty };
int on_missing_context = missing_is_error;
const config_enum_entry missing_context_options[] = {
    {"error", missing_is_error, false}, {"empty", missing_is_empty, false}, {nullptr, 0, false}};

const pg::startup define{[] {
  DefineCustomEnumVariable("primecloud.missing_context", "What tenant functions do when no tenant has been entered.",
                           "error: raise 42501.  empty: return NULL, so that policies show no row.",
                           &on_missing_context, missing_is_error, missing_context_options, PGC_SUSET, 0, nullptr,
                           nullptr, nullptr);
}};

[[gnu::cold, noreturn]] SERVER_CODE void refuse_missing() {
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("no tenant has been entered in this transaction"),
          errhint("Call primecloud.enter(token) after BEGIN."), errhidestmt(tenant::statement_may_hold_token()));
  pg_unreachable();
}
[[gnu::cold, noreturn]] SERVER_CODE void refuse_role(std::string_view name) {
  ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
          errmsg("unknown role: \"%.*s\"", static_cast<int>(name.size()), name.data()),
          errhint("The roles are external_client, developer, admin and owner."),
          errhidestmt(tenant::statement_may_hold_token()));
  pg_unreachable();
}
[[gnu::cold, noreturn]] SERVER_CODE void refuse_type(const char *type) {
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("the tenant key is not of type %s", type),
          errhint("Protect the table with a tenant column of the type of the account's key."),
          errhidestmt(tenant::statement_may_hold_token()));
  pg_unreachable();
}

// The context if its role is at least `minimum`; nullptr if it is less or, where the
// setting says so, absent.
SERVER_CODE const context_record *at_least(std::optional<std::string_view> minimum) noexcept {
  const context_record *context = tenant::current();
  if (context == nullptr || !context->has_tenant) {
    if (on_missing_context == missing_is_error) refuse_missing();
    tenant::note_missing();
    return nullptr;
  }
  if (!minimum) return context;
  const auto needed = parse_role(*minimum);
  if (!needed) refuse_role(*minimum);
  return context->rank >= static_cast<std::uint8_t>(*needed) ? context : nullptr;
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
struct kept_uuid {
  Datum datum;
};
struct kept_text {
  Datum datum;
};

template <class T>
SERVER_CODE T *kept_at(pg::call_site site) {
  auto *&place = site.kept<T>();
  if (place == nullptr) place = static_cast<T *>(MemoryContextAlloc(site.memory(), sizeof(T)));
  return place;
}

SERVER_CODE std::optional<kept_uuid> tenant_uuid(pg::call_site site, std::optional<std::string_view> minimum) noexcept {
  const context_record *context = at_least(minimum);
  if (context == nullptr) return std::nullopt;
  if (!context->has_uuid) refuse_type("uuid");
  auto *key = kept_at<pg_uuid_t>(site);
  memcpy(key->data, context->tenant_uuid.octets.data(), UUID_LEN);
  return kept_uuid{UUIDPGetDatum(key)};
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
SERVER_CODE std::optional<kept_text> tenant_text(pg::call_site site, std::optional<std::string_view> minimum) noexcept {
  const context_record *context = at_least(minimum);
  if (context == nullptr) return std::nullopt;
  struct place {
    alignas(varlena) char bytes[VARHDRSZ + longest_identifier];
  };
  auto *text = reinterpret_cast<varlena *>(kept_at<place>(site)->bytes);
  const auto key = context->tenant();
  SET_VARSIZE(text, VARHDRSZ + key.size());
  memcpy(VARDATA(text), key.data(), key.size());
  return kept_text{PointerGetDatum(text)};
}

SERVER_CODE std::optional<kept_uuid> told_uuid(pg::call_site site, std::string_view minimum, bool refuse) noexcept {
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
SERVER_CODE std::optional<kept_text> told_text(pg::call_site site, std::string_view minimum, bool refuse) noexcept {
  check_rank(minimum, refuse);
  return tenant_text(site, minimum);
}

SERVER_CODE std::optional<std::string_view> user_id() noexcept {
  const context_record *context = tenant::current();
  if (context == nullptr) {
    if (on_missing_context == missing_is_error) refuse_missing();
    return std::nullopt;
  }
  return context->user();
}
SERVER_CODE std::optional<std::string_view> role_of_context() noexcept {
  const context_record *context = at_least(std::nullopt);
  if (context == nullptr) return std::nullopt;
  return role_name(static_cast<primecloud::role>(context->rank));
}
SERVER_CODE bool has_role(std::string_view minimum) noexcept { return at_least(minimum) != nullptr; }

SERVER_CODE bool in_scope_text(std::string_view id) noexcept {
  const context_record *context = at_least(std::nullopt);
  return context != nullptr && (!context->confined() || context->granted(id));
}
SERVER_CODE bool in_scope_uuid(uuid id) noexcept {
  const context_record *context = at_least(std::nullopt);
  if (context == nullptr) return false;
  if (!context->confined()) return true;
  char text[36];
  constexpr char digits[] = "0123456789abcdef";
  int at = 0;
  for (size_t i = 0; i < id.octets.size(); i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = digits[id.octets[i] >> 4];
    text[at++] = digits[id.octets[i] & 15];
  }
  return context->granted({text, sizeof text});
}
SERVER_CODE bool in_scope_bigint(int64 id) noexcept {
  const context_record *context = at_least(std::nullopt);
  if (context == nullptr) return false;
  if (!context->confined()) return true;
  char text[MAXINT8LEN + 1];
  const int size = pg_lltoa(id, text);
  return context->granted({text, static_cast<size_t>(size)});
}
}  // namespace

template <>
struct primecloud::pg::datum<kept_uuid> {
  static constexpr const char *sql = "uuid";
  static Datum put(kept_uuid v) noexcept { return v.datum; }
};
template <>
struct primecloud::pg::datum<kept_text> {
  static constexpr const char *sql = "text";
  static Datum put(kept_text v) noexcept { return v.datum; }
};

PRIMECLOUD_FUNCTION(primecloud_tenant_uuid, tenant_uuid);
PRIMECLOUD_FUNCTION(primecloud_told_uuid, told_uuid);
PRIMECLOUD_FUNCTION(primecloud_tenant_bigint, tenant_bigint);
PRIMECLOUD_FUNCTION(primecloud_told_bigint, told_bigint);
PRIMECLOUD_FUNCTION(primecloud_tenant_int, tenant_int);
PRIMECLOUD_FUNCTION(primecloud_told_int, told_int);
PRIMECLOUD_FUNCTION(primecloud_tenant_text, tenant_text);
PRIMECLOUD_FUNCTION(primecloud_told_text, told_text);
PRIMECLOUD_FUNCTION(primecloud_user_id, user_id);
PRIMECLOUD_FUNCTION(primecloud_role, role_of_context);
PRIMECLOUD_FUNCTION(primecloud_has_role, has_role);
PRIMECLOUD_FUNCTION(primecloud_in_scope_text, in_scope_text);
PRIMECLOUD_FUNCTION(primecloud_in_scope_uuid, in_scope_uuid);
PRIMECLOUD_FUNCTION(primecloud_in_scope_bigint, in_scope_bigint);
