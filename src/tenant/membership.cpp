#include "tenant/membership.hpp"

#include "core/tenant/role.hpp"
#include "pg/table.hpp"
#include "tenant/keyed_rows.hpp"

extern "C" {
#include "utils/snapmgr.h"
}

namespace primecloud::tenant {
namespace {

// One row of primecloud_internal.membership_source, in the order of its columns.
enum column {
  relation_schema,
  relation_name,
  relation_owner,
  tenant_column,
  user_column,
  role_column,
  accounts_schema,
  accounts_name,
  accounts_key_column,
  accounts_status_column,
  accounts_active_status,
  grants_schema,
  grants_name,
  grants_tenant_column,
  grants_user_column,
  grants_id_column,
  grants_member_column,
  columns
};

struct source {
  bool found = false;
  const char *text[columns] = {};
};

SERVER_CODE source read_source(Snapshot seen) {
  source read;
  const Oid table = pg::internal_table("membership_source");
  if (!OidIsValid(table)) return read;
  const MemoryContext here = CurrentMemoryContext;
  pg::for_each_row<columns + 1>(table, seen, [&](const Datum *values, const bool *nulls) {
    const MemoryContext before = MemoryContextSwitchTo(here);
    for (int i = 0; i < columns; i++) read.text[i] = nulls[i + 1] ? nullptr : TextDatumGetCString(values[i + 1]);
    read.found = true;
    MemoryContextSwitchTo(before);
  });
  return read;
}

// Duplicate memberships, where nothing forbids them: the least of the roles.
const char *least_role(const texts &roles) {
  const char *least = nullptr;
  for (int i = 0; i < roles.count; i++) {
    const char *name = roles.value[i];
    if (name == nullptr) continue;
    const auto role = parse_role(name), known = least == nullptr ? std::nullopt : parse_role(least);
    if (least == nullptr || (role && (!known || *role < *known))) least = name;
  }
  return least;
}

// Duplicate accounts, where nothing forbids them: each must be active.
SERVER_CODE bool is_active(const source &from, const char *tenant, Snapshot seen) {
  if (from.text[accounts_name] == nullptr) return true;
  const texts states = find_rows({from.text[accounts_schema],
                                  from.text[accounts_name],
                                  from.text[relation_owner],
                                  from.text[accounts_status_column],
                                  1,
                                  {{from.text[accounts_key_column], tenant}, {}}},
                                 seen);
  if (from.text[accounts_active_status] == nullptr) return false;
  for (int i = 0; i < states.count; i++) {
    if (states.value[i] == nullptr || strcmp(states.value[i], from.text[accounts_active_status]) != 0) return false;
  }
  return states.count > 0;
}

SERVER_CODE const char *find_role(const source &from, const char *tenant, const char *user, Snapshot seen) {
  return least_role(find_rows({from.text[relation_schema],
                               from.text[relation_name],
                               from.text[relation_owner],
                               from.text[role_column],
                               2,
                               {{from.text[tenant_column], tenant}, {from.text[user_column], user}}},
                              seen));
}

// What the grants call the user: himself, or each of his rows among the members by its id.
SERVER_CODE texts named_in_grants(const source &from, const char *tenant, const char *user, Snapshot seen) {
  if (from.text[grants_member_column] == nullptr) {
    texts himself;
    himself.count = 1;
    himself.value = static_cast<const char **>(palloc(sizeof(char *)));
    himself.value[0] = user;
    return himself;
  }
  return find_rows({from.text[relation_schema],
                    from.text[relation_name],
                    from.text[relation_owner],
                    from.text[grants_member_column],
                    2,
                    {{from.text[tenant_column], tenant}, {from.text[user_column], user}}},
                   seen);
}

SERVER_CODE void keep_ids(membership *answer, const texts &ids) {
  const auto room = static_cast<size_t>(answer->granted) + static_cast<size_t>(ids.count);
  auto *all = static_cast<const char **>(palloc_extended(sizeof(char *) * (room + 1), MCXT_ALLOC_HUGE));
  if (answer->granted > 0) memcpy(all, answer->ids, sizeof(char *) * static_cast<size_t>(answer->granted));
  answer->ids = all;
  for (int i = 0; i < ids.count; i++) {
    if (ids.value[i] != nullptr) answer->ids[answer->granted++] = ids.value[i];
  }
}

SERVER_CODE void find_grants(const source &from, const char *tenant, const char *user, Snapshot seen,
                             membership *answer) {
  if (from.text[grants_name] == nullptr) return;
  const texts names = named_in_grants(from, tenant, user, seen);
  for (int i = 0; i < names.count; i++) {
    if (names.value[i] == nullptr) continue;
    keep_ids(answer,
             find_rows({from.text[grants_schema],
                        from.text[grants_name],
                        from.text[relation_owner],
                        from.text[grants_id_column],
                        2,
                        {{from.text[grants_tenant_column], tenant}, {from.text[grants_user_column], names.value[i]}}},
                       seen));
  }
}

SERVER_CODE membership ask(const char *tenant, const char *user, Snapshot seen) {
  membership answer;
  const source from = read_source(seen);
  if (!from.found) return answer;
  answer.asked = true;
  answer.role = find_role(from, tenant, user, seen);
  answer.member = answer.role != nullptr && is_active(from, tenant, seen);
  if (answer.member && parse_role(answer.role) == role::external_client) find_grants(from, tenant, user, seen, &answer);
  return answer;
}

}  // namespace

membership ask_membership(const char *tenant, const char *user, membership_as what) {
  // One snapshot for all that is asked: nobody is a member of what was active before.
  const Snapshot now = RegisterSnapshot(GetLatestSnapshot());
  // As it was before the transaction's first command.  The registered snapshot is a copy.
  if (what == membership_as::committed) now->curcid = FirstCommandId;
  const membership answer = ask(tenant, user, now);
  UnregisterSnapshot(now);
  return answer;
}

}  // namespace primecloud::tenant
