// user_id, role, has_role, in_scope: who the user of the context is, in what role, and which ids a
// confined one was granted.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/at_least.hpp"

namespace {
using namespace primecloud;
using tenant::at_least;

SERVER_CODE std::optional<std::string_view> user_id() noexcept {
  const context_record *context = tenant::current();
  if (context == nullptr) {
    tenant::miss_context();
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
  char text[uuid_text_size];
  write_uuid(id, text);
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

PRIMECLOUD_FUNCTION(primecloud_user_id, user_id);
PRIMECLOUD_FUNCTION(primecloud_role, role_of_context);
PRIMECLOUD_FUNCTION(primecloud_has_role, has_role);
PRIMECLOUD_FUNCTION(primecloud_in_scope_text, in_scope_text);
PRIMECLOUD_FUNCTION(primecloud_in_scope_uuid, in_scope_uuid);
PRIMECLOUD_FUNCTION(primecloud_in_scope_bigint, in_scope_bigint);
