#include "secret/permission.hpp"

#include "pg/startup.hpp"
#include "pg/table.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "catalog/pg_proc.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "nodes/makefuncs.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace primecloud::secret {
namespace {

constexpr int not_permitted = MAKE_SQLSTATE('P', 'C', '0', '0', '7');

// EXECUTE on this function is what maintenance and platform roles are given.  The role
// is the one that SET ROLE or the connection chose: the owner of a SECURITY DEFINER
// function in between lends nobody the right to every tenant.  Nor does the role whose
// maintenance of a table runs the code of that table's owner: such code is run in a
// security-restricted operation.
bool may_execute_act_for_any_tenant() {
  List *name = list_make2(makeString(pstrdup("primecloud")), makeString(pstrdup("act_for_any_tenant")));
  const Oid function = LookupFuncName(name, 0, nullptr, true);
  return OidIsValid(function) && pg_proc_aclcheck(function, GetOuterUserId(), ACL_EXECUTE) == ACLCHECK_OK;
}

// Asked for every row of a bulk load: the last answer holds until the catalogs it
// depends on change.
struct {
  bool known = false, allowed;
  Oid role;
} answer;
void forget_answer(Datum, int, uint32) noexcept { answer.known = false; }
const pg::startup watch{[] {
  for (const int catalog : {PROCOID, PROCNAMEARGSNSP, AUTHOID, AUTHMEMROLEMEM, NAMESPACEOID}) CacheRegisterSyscacheCallback(catalog, forget_answer, Datum{0});
}};

bool may_act_for_any_tenant() {
  if (InSecurityRestrictedOperation()) return false;
  if (answer.known && answer.role == GetOuterUserId()) return answer.allowed;
  const Oid role = GetOuterUserId();
  answer.known = true;  // first, so that a change that arrives meanwhile undoes it
  const bool allowed = may_execute_act_for_any_tenant();
  answer.allowed = allowed;
  answer.role = role;
  return allowed;
}
}  // namespace

void check_tenant(std::string_view wanted) {
  const context_record *context = tenant::current();
  if (context != nullptr && context->has_tenant && context->tenant() == wanted) return;
  if (may_act_for_any_tenant()) return;
  ereport(ERROR, errcode(not_permitted),
          errmsg("tenant \"%.*s\" is not the one that has been entered", static_cast<int>(wanted.size()), wanted.data()),
          errhint("Enter that account first, or act as a maintenance role."), errhidestmt(true), errhidecontext(true));
}

void check_any_tenant() {
  if (may_act_for_any_tenant()) return;
  ereport(ERROR, errcode(not_permitted), errmsg("permission denied to act for every tenant"), errhint("Act as a maintenance or platform role."),
          errhidestmt(true), errhidecontext(true));
}

}  // namespace primecloud::secret
