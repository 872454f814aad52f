#include "tenant/owner.hpp"

#include "pg/role_name.hpp"
#include "pg/table.hpp"
#include "tenant/context.hpp"
#include "tenant/entered.hpp"

extern "C" {
#include "catalog/pg_policy.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {

table_state state_of(Oid table) {
  table_state state;
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple)) return state;
  const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
  state = {true, form->relrowsecurity, form->relforcerowsecurity, form->relowner};
  ReleaseSysCache(tuple);
  return state;
}

const char *qualified_name(Oid table) {
  return quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)), get_rel_name(table));
}

bool acts_as(Oid owner) { return has_privs_of_role(GetUserId(), owner) && has_privs_of_role(GetOuterUserId(), owner); }

table_state check_acts_as_owner(Oid table) {
  const table_state state = state_of(table);
  if (!state.exists)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", table),
            errhint("It was dropped meanwhile."));
  if (!acts_as(state.owner))
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be owner of %s", qualified_name(table)),
            errhint("It belongs to role \"%s\": connect as that role or as a member of it.  A function of the owner's "
                    "that others call does not do.",
                    pg::role_name(state.owner)));
  return state;
}

void check_no_context(const char *what) {
  if (current() == nullptr && !has_entered()) return;
  ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
          errmsg("%s works over all accounts, and one has been entered in this transaction", what),
          errhint("Call it in a transaction that has entered nobody."));
}

bool is_held_owner() {
  if (has_bypassrls_privilege(GetUserId())) return false;
  bool found = false;
  const auto look = [&found](const Datum *values, const bool *) {
    const char *name = NameStr(*DatumGetName(values[Anum_pg_policy_polname - 1]));
    if (found || (strcmp(name, "primecloud_floor") != 0 && strcmp(name, "primecloud_shared") != 0 &&
                  strcmp(name, "primecloud_people") != 0))
      return;
    const table_state state = state_of(DatumGetObjectId(values[Anum_pg_policy_polrelid - 1]));
    found = state.exists && acts_as(state.owner);
  };
  pg::for_each_row<Anum_pg_policy_polrelid>(PolicyRelationId, pg::snapshot_of_now(PolicyRelationId), look);
  return found;
}

}  // namespace primecloud::tenant
