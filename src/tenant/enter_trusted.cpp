// enter_trusted, for who has authenticated the user itself; enter_probe, for checks.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/claim.hpp"
#include "tenant/validity.hpp"

namespace {
using namespace primecloud;

SERVER_CODE pg::nothing enter_trusted(std::optional<std::string_view> tenant, std::optional<std::string_view> user,
                                      std::optional<std::string_view> role) noexcept {
  if (!tenant || !user) {
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", tenant ? "user" : "tenant"),
            errhint("Pass the account's key and the user's id as text."));
  }
  tenant::claim who;
  who.known = tenant::changes_until_now();
  who.tenant = pg::c_string(*tenant);
  who.user = pg::c_string(*user);
  if (role) who.role = pg::c_string(*role);
  tenant::enter_claim(who);
  return {};
}

// Enters without membership, for a check that must see what a tenant would see.
SERVER_CODE pg::nothing enter_probe(std::string_view tenant, std::string_view role) noexcept {
  tenant::claim who;
  who.known = tenant::changes_until_now();
  who.tenant = pg::c_string(tenant);
  who.user = "isolation probe";
  who.role = pg::c_string(role);
  who.assumed = true;
  who.keep_traces = true;
  tenant::enter_claim(who);
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_enter_trusted, enter_trusted);
PRIMECLOUD_FUNCTION(primecloud_enter_probe, enter_probe);
