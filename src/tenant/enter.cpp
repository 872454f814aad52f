// enter_trusted, narrow, context.  (enter, which takes a token, is in token.cpp.)
#include "core/json/text.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/context.hpp"
#include "tenant/entry.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "lib/stringinfo.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/jsonb.h"
}

namespace {
using namespace primecloud;

SERVER_CODE const char *copy(std::string_view text) { return pnstrdup(text.data(), text.size()); }

SERVER_CODE pg::nothing enter_trusted(std::optional<std::string_view> tenant, std::optional<std::string_view> user,
                                      std::optional<std::string_view> role) noexcept {
  if (!tenant || !user) {
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", tenant ? "user" : "tenant"),
            errhint("Pass the account's key and the user's id as text."));
  }
  tenant::claim who;
  who.known = tenant::changes_until_now();
  who.tenant = copy(*tenant);
  who.user = copy(*user);
  if (role) who.role = copy(*role);
  tenant::enter(who);
  return {};
}

// Enters without membership, for a check that must see what a tenant would see.
SERVER_CODE pg::nothing enter_probe(std::string_view tenant, std::string_view role) noexcept {
  tenant::claim who;
  who.known = tenant::changes_until_now();
  who.tenant = copy(tenant);
  who.user = "isolation probe";
  who.role = copy(role);
  who.assumed = true;
  who.keep_traces = true;
  tenant::enter(who);
  return {};
}

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
SERVER_CODE pg::nothing narrow(std::string_view name) noexcept {
  const context_record *now = tenant::current();
  const auto wanted = parse_role(name);
  if (now == nullptr || !now->has_tenant) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("no tenant has been entered in this transaction"),
            errhint("Call primecloud.enter(token) after BEGIN."));
  }
  if (!wanted) {
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown role: \"%s\"", copy(name)),
            errhint("The roles are external_client, developer, admin and owner."));
  }
  if (static_cast<std::uint8_t>(*wanted) > now->rank) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("narrow cannot raise the role to \"%s\"", copy(name)),
            errhint("Start a new transaction and enter with that role."));
  }
  const char *lowered = encode_lowered(*wanted);
  if (lowered == nullptr) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  tenant::assign(lowered);
  return {};
}

struct jsonb_value {
  Datum datum;
};

SERVER_CODE std::optional<jsonb_value> context() noexcept {
  const context_record *now = tenant::current();
  if (now == nullptr) return std::nullopt;
  StringInfoData json;
  initStringInfo(&json);
  const auto add = [&json](std::string_view piece) {
    appendBinaryStringInfo(&json, piece.data(), static_cast<int>(piece.size()));
  };
  add("{\"tenant\":");
  if (now->has_tenant)
    write_json_string(now->tenant(), add);
  else
    add("null");
  add(",\"user\":");
  write_json_string(now->user(), add);
  add(",\"role\":");
  if (now->has_tenant)
    write_json_string(role_name(static_cast<role>(now->rank)), add);
  else
    add("null");
  add(now->confined() ? ",\"confined\":true" : ",\"confined\":false");
  if (now->assumed) add(",\"assumed\":true");
  add(",\"expires\":");
  if (now->expires_known) {
    char text[MAXDATELEN + 1];
    const int utc = 0;
    JsonEncodeDateTime(text, TimestampTzGetDatum(now->expires.microseconds), TIMESTAMPTZOID, &utc);
    write_json_string(text, add);
  } else {
    add("null");
  }
  add("}");
  return jsonb_value{DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data))};
}
}  // namespace

template <>
struct primecloud::pg::datum<jsonb_value> {
  static constexpr const char *sql = "jsonb";
  static Datum put(jsonb_value v) noexcept { return v.datum; }
};

PRIMECLOUD_FUNCTION(primecloud_enter_trusted, enter_trusted);
PRIMECLOUD_FUNCTION(primecloud_enter_probe, enter_probe);
PRIMECLOUD_FUNCTION(primecloud_narrow, narrow);
PRIMECLOUD_FUNCTION(primecloud_context, context);
