#include "tenant/arriving.hpp"

#include "core/tenant/identity.hpp"
#include "pg/boundary.hpp"
#include "pg/c_string.hpp"
#include "pg/role_name.hpp"
#include "tenant/carrier.hpp"
#include "tenant/cluster.hpp"
#include "tenant/context.hpp"
#include "tenant/traces.hpp"

namespace primecloud::tenant {
namespace {

[[noreturn, gnu::cold]] SERVER_CODE void refuse_text(const char *why, const char *hint) {
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("the tenant context is not taken: %s", why),
          errhint("%s", hint), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

[[noreturn, gnu::cold]] SERVER_CODE void refuse_state(carried_state state) {
  switch (state) {
    case carried_state::of_another_clock:
      refuse_text("it is of another time", "The clocks of the nodes differ: let each follow the same time.");
    case carried_state::of_another_session:
      refuse_text("it was made for another session", "Enter with primecloud.enter(token) on the coordinator.");
    default:
      refuse_text("it was not made by a node of this cluster",
                  "Give each node of the cluster the same root key: primecloud.root_key_file.");
  }
}

// What may follow in one transaction: the same identity, with no more than it had.  A question (whose user has no name)
// is of the same account, and so is what follows it.
bool may_follow(const context_record *before, const identity &next) noexcept {
  if (before == nullptr) return true;
  if (before->has_tenant != next.tenant.has_value() || (next.tenant && before->tenant() != *next.tenant)) return false;
  if (before->user().empty() || next.user.empty()) return true;
  const auto rank = next.role ? static_cast<std::uint8_t>(*next.role) : 0;
  return before->user() == next.user && before->assumed == next.assumed && rank <= before->rank;
}

// Throws.  What was read, in the server's memory: the text as assign_here() takes it, empty where its time is over.
struct arrived {
  carried_state state;
  bool for_another = false, follows = false;
  const char *encoded = nullptr, *tenant = nullptr, *user = nullptr;
};

arrived read_text(const char *text, const carried_session &here, std::string_view role) {
  const carried read = carrying->read(text, here);
  const bool for_another = !read.role.empty() && read.role != role;
  if (read.state != carried_state::taken) return {read.state, for_another};
  const auto who = decode_identity(read.identity);
  if (!who || who->user.empty() == read.role.empty()) return {carried_state::false_text};
  return {read.state,
          for_another,
          may_follow(current(), *who),
          pg::c_string_of(read.identity),
          who->tenant ? pg::c_string_of(*who->tenant) : nullptr,
          pg::c_string_of(who->user)};
}

}  // namespace

// A text whose time is over says that there is nothing here: Citus repeats old ones on a new connection before the one
// that holds.
void take_carried(const char *text) {
  const char *database = own_database();
  const std::uint64_t session = asking_session();
  arrived come{};
  const char *role = pg::role_name(GetSessionUserId());
  pg::boundary([&] { come = read_text(text, {database, session}, role); });
  if (come.for_another) return;
  if (come.state == carried_state::late) return assign_here("");
  if (come.state != carried_state::taken) refuse_state(come.state);
  if (!come.follows)
    refuse_text("another identity, or more of it, was entered in this transaction",
                "End the transaction first, on the coordinator.");
  if (current() == nullptr && !superuser_arg(GetSessionUserId())) clean_up_after_another(come.tenant, come.user);
  assign_here(come.encoded);
}

}  // namespace primecloud::tenant
