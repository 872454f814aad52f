// narrow: a lesser role for the rest of the transaction or savepoint.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/context.hpp"

namespace {
using namespace primecloud;

// The identity at hand with another role; nullptr where there is no memory.
const char *encode_lowered(role to) noexcept {
  try {
    auto who = decode_identity(tenant::encoded());
    if (!who) return nullptr;
    who->role = to;
    return pg::c_string_or_null(encode(*who));
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

// Lowers the role for the rest of the transaction or savepoint; the ids a user was
// granted are read at entry alone, so narrowing to a confined role leaves none.
SERVER_CODE pg::nothing narrow(std::optional<std::string_view> given) noexcept {
  if (!given) {  // whoever asks for less has not the whole then
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the role is NULL"),
            errhint("The roles are external_client, developer, admin and owner."));
  }
  const std::string_view name = *given;
  const context_record *now = tenant::current();
  const auto wanted = parse_role(name);
  if (now == nullptr || !now->has_tenant) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("no tenant has been entered in this transaction"),
            errhint("Call primecloud.enter(token) after BEGIN."));
  }
  if (!wanted) {
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown role: \"%s\"", pg::clipped(name)),
            errhint("The roles are external_client, developer, admin and owner."));
  }
  if (static_cast<std::uint8_t>(*wanted) > now->rank) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("narrow cannot raise the role to \"%s\"", pg::c_string(name)),
            errhint("Start a new transaction and enter with that role."));
  }
  const char *lowered = encode_lowered(*wanted);
  if (lowered == nullptr) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  tenant::assign(lowered);
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_narrow, narrow);
