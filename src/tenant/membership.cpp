#include "tenant/membership.hpp"

#include "core/tenant/role.hpp"
#include "tenant/membership_source.hpp"

extern "C" {
#include "utils/snapmgr.h"
}

namespace primecloud::tenant {
namespace {

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

// Why nobody enters an account; nullptr where it is active.  Duplicates, where nothing forbids them: each must be.
SERVER_CODE const char *account_problem(const membership_source &from, const char *tenant, bool number, Snapshot seen) {
  if (from[accounts_name] == nullptr) return nullptr;
  const texts states = find_rows({from[accounts_schema],
                                  from[accounts_name],
                                  from.owner,
                                  from[accounts_status_column],
                                  1,
                                  {{from[accounts_key_column], tenant, number}, {}}},
                                 seen);
  if (states.count == 0) return "there is no such account";
  for (int i = 0; i < states.count; i++) {
    const char *active = from[accounts_active_status];
    if (active == nullptr || states.value[i] == nullptr || strcmp(states.value[i], active) != 0)
      return "the account is not active";
  }
  return nullptr;
}

SERVER_CODE const char *find_role(const membership_source &from, const char *tenant, numbers which, const char *user,
                                  Snapshot seen) {
  return least_role(find_rows({from[relation_schema],
                               from[relation_name],
                               from.owner,
                               from[role_column],
                               2,
                               {{from[tenant_column], tenant, which.tenant}, {from[user_column], user, which.user}}},
                              seen));
}

// What the grants call the user: himself, or each of his rows among the members by its id.
SERVER_CODE texts named_in_grants(const membership_source &from, const char *tenant, const char *user, Snapshot seen) {
  if (from[grants_member_column] == nullptr) {
    texts himself;
    himself.count = 1;
    himself.value = static_cast<const char **>(palloc(sizeof(char *)));
    himself.value[0] = user;
    return himself;
  }
  return find_rows({from[relation_schema],
                    from[relation_name],
                    from.owner,
                    from[grants_member_column],
                    2,
                    {{from[tenant_column], tenant}, {from[user_column], user}}},
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

SERVER_CODE void find_grants(const membership_source &from, const char *tenant, const char *user, Snapshot seen,
                             membership *answer) {
  if (from[grants_name] == nullptr) return;
  const texts names = named_in_grants(from, tenant, user, seen);
  for (int i = 0; i < names.count; i++) {
    if (names.value[i] == nullptr) continue;
    keep_ids(answer, find_rows({from[grants_schema],
                                from[grants_name],
                                from.owner,
                                from[grants_id_column],
                                2,
                                {{from[grants_tenant_column], tenant}, {from[grants_user_column], names.value[i]}}},
                               seen));
  }
}

SERVER_CODE membership ask(const membership_source &from, const char *tenant, numbers which, const char *user,
                           Snapshot seen) {
  membership answer;
  answer.asked = true;
  answer.role = find_role(from, tenant, which, user, seen);
  answer.why_not = account_problem(from, tenant, which.tenant, seen);
  if (answer.why_not == nullptr && answer.role == nullptr) answer.why_not = "the user is not a member of the account";
  answer.member = answer.why_not == nullptr;
  if (answer.member && parse_role(answer.role) == role::external_client) find_grants(from, tenant, user, seen, &answer);
  return answer;
}

}  // namespace

membership ask_membership(const char *tenant, const char *user, membership_as what, numbers which) {
  const bool committed = what == membership_as::committed;
  if (!committed && registered_source() == nullptr) return {};
  // One snapshot for all that is asked: nobody is a member of what was active before.
  const Snapshot now = RegisterSnapshot(GetLatestSnapshot());
  // As it was before the transaction's first command.  The registered snapshot is a copy.
  if (committed) now->curcid = FirstCommandId;
  const membership_source *from = committed ? source_seen(now) : registered_source();
  const membership answer = from == nullptr ? membership() : ask(*from, tenant, which, user, now);
  UnregisterSnapshot(now);
  return answer;
}

texts members_of(const char *tenant, Snapshot seen) {
  const membership_source *from = source_seen(seen);
  if (from == nullptr) return {};
  return find_rows({(*from)[relation_schema],
                    (*from)[relation_name],
                    from->owner,
                    (*from)[user_column],
                    1,
                    {{(*from)[tenant_column], tenant}, {}}},
                   seen);
}

}  // namespace primecloud::tenant
