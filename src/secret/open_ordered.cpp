// open_ordered: the secret of a row for a worker, who has not entered the row's tenant and has
// no right to open.  What is asked here is who: the function that says which row a worker may
// have runs as another role, the gate, and the two together open what neither opens alone.
//
// Of the worker it takes EXECUTE on primecloud.carry_out_orders(), which a superuser gives
// (create_worker_role()): who owns the tables, and with them the gate's functions, cannot make
// himself a worker.  Of the gate it takes EXECUTE on open_ordered() and SELECT of the row, so that
// it lends nothing that it does not have.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/role_name.hpp"
#include "pg/server_version.hpp"
#include "secret/audit.hpp"
#include "secret/opened_text.hpp"
#include "secret/sealed_row.hpp"

extern "C" {
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
}

namespace {
using namespace primecloud;
using secret::text_argument;

SERVER_CODE bool carries_out_orders(Oid role) {
  List *name = list_make2(makeString(pstrdup("primecloud")), makeString(pstrdup("carry_out_orders")));
  const Oid function = LookupFuncName(name, 0, nullptr, true);
  return OidIsValid(function) && pg::may_execute(role, function);
}

// The role that SET ROLE or the connection chose, whoever's function this is called from.  Code that the server runs
// for a table's owner, while somebody else maintains the table, asks for nobody.
SERVER_CODE void check_worker() {
  if (!InSecurityRestrictedOperation() && carries_out_orders(GetOuterUserId())) return;
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
          errmsg("role \"%s\" is given no secrets of orders", pg::role_name(GetOuterUserId())),
          errhint("Let a superuser make the worker's role with primecloud.create_worker_role()."), errhidestmt(true),
          errhidecontext(true));
}

SERVER_CODE std::optional<pg::owned_text> open_ordered(std::optional<pg::relation> table,
                                                       std::optional<pg::name_view> column, text_argument tenant,
                                                       text_argument row_id, text_argument purpose) {
  check_worker();
  const auto wanted = secret::checked_part(tenant, "tenant", longest_tenant);
  const auto why = secret::checked_part(purpose, "purpose", secret::longest_purpose);
  const secret::located_row row = secret::locate_row(table, column, row_id, wanted);
  if (row.envelope == nullptr) return std::nullopt;
  const bytes_span envelope = pg::bytes_in(row.envelope);
  const secret::place where = secret::checked_place(row.tenant, row.label, row.id);
  varlena *out = secret::decrypt_for_anyone(envelope, where, why);
  secret::record_reveal({where.tenant, where.label, where.row_id, why, envelope_key_id(envelope)});
  return secret::opened_text(out);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_open_ordered, open_ordered);
