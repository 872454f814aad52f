#include "secret/permission.hpp"

#include "pg/startup.hpp"
#include "pg/table.hpp"
#include "tenant/context.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace primecloud::secret {
namespace {

constexpr int not_permitted = MAKE_SQLSTATE('P', 'C', '0', '0', '7');

// EXECUTE on this function is what maintenance and platform roles are given.
SERVER_CODE bool may_execute_act_for_any_tenant(Oid role) {
  List *name = list_make2(makeString(pstrdup("primecloud")), makeString(pstrdup("act_for_any_tenant")));
  const Oid function = LookupFuncName(name, 0, nullptr, true);
  return OidIsValid(function) && pg::may_execute(role, function);
}

// Asked for every row of a bulk load: the last answer holds until the catalogs it
// depends on change.
struct {
  bool known = false, allowed;
  Oid role;
} answer;
std::uint64_t changes = 0;
void forget_answer(Datum, int, uint32) noexcept {
  answer.known = false;
  changes++;
}
SERVER_CODE void watch_server() {
  for (const int catalog : {PROCOID, PROCNAMEARGSNSP, AUTHOID, AUTHMEMROLEMEM, NAMESPACEOID})
    CacheRegisterSyscacheCallback(catalog, forget_answer, Datum{0});
}
const pg::startup watching{watch_server};

SERVER_CODE bool allowed(Oid role) {
  if (answer.known && answer.role == role) return answer.allowed;
  const std::uint64_t before = changes;
  const bool yes = may_execute_act_for_any_tenant(role);
  answer = {changes == before, yes, role};
  return yes;
}
}  // namespace

// Both the role that SET ROLE or the connection chose and the one that runs this: the
// owner of a SECURITY DEFINER function lends nobody the right to every tenant, and borrows
// it from nobody who comes upon a trigger or a view of his.  Nor does the role whose
// maintenance of a table runs the code of that table's owner: such code is run in a
// security-restricted operation.
bool may_act_for_any_tenant() {
  if (InSecurityRestrictedOperation()) return false;
  return allowed(GetOuterUserId()) && (GetUserId() == GetOuterUserId() || may_execute_act_for_any_tenant(GetUserId()));
}

void check_tenant(std::string_view wanted) {
  const context_record *context = tenant::current();
  if (context != nullptr && context->has_tenant && context->tenant() == wanted) {
    // An expression of PL/pgSQL starts no statement, which would have asked.
    tenant::check_context();
    return;
  }
  if (may_act_for_any_tenant()) return;
  ereport(
      ERROR, errcode(not_permitted),
      errmsg("tenant \"%.*s\" is not the one that has been entered", static_cast<int>(wanted.size()), wanted.data()),
      errhint("Enter that account first, or act as a role that may act for every tenant: a superuser gives that by "
              "GRANT EXECUTE ON FUNCTION primecloud.act_for_any_tenant() TO ..."),
      errhidestmt(true), errhidecontext(true));
}

}  // namespace primecloud::secret
