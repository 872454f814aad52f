// enter(token), and enter_context(token) for who takes no void: both enter the account that a token names.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/context_json.hpp"
#include "tenant/enter_token.hpp"

namespace {
using namespace primecloud;

pg::nothing enter(std::optional<std::string_view> text) {
  tenant::enter_token(text);
  return {};
}

std::optional<pg::owned_jsonb> enter_context(std::optional<std::string_view> text) {
  tenant::enter_token(text);
  return pg::guarded(tenant::context_json);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_enter, enter);
PRIMECLOUD_FUNCTION(primecloud_enter_context, enter_context);
