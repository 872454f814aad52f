#include "tenant/at_least.hpp"

#include "pg/c_string.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"
#include "tenant/owner.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/acl.h"
}

namespace primecloud::tenant {
namespace {

enum missing_context { missing_is_error, missing_is_empty };
int on_missing_context = missing_is_error;
const config_enum_entry missing_context_options[] = {
    {"error", missing_is_error, false}, {"empty", missing_is_empty, false}, {nullptr, 0, false}};

SERVER_CODE void define_at_least_settings() {
  DefineCustomEnumVariable("primecloud.missing_context", "What tenant functions do when no tenant has been entered.",
                           "error: raise 42501.  empty: return NULL, so that policies show no row.",
                           &on_missing_context, missing_is_error, missing_context_options, PGC_SUSET, 0, nullptr,
                           nullptr, nullptr);
}
const pg::startup at_least_settings{define_at_least_settings};

}  // namespace

void miss_context() {
  if (on_missing_context == missing_is_empty) return;
  const char *hint = "Call primecloud.enter(token) after BEGIN.";
  if (asking_session() != 0) {
    hint =
        "The context goes along from where it was entered, in a transaction on the coordinator, and holds for seconds: "
        "primecloud.check_installation() there says what is missing.";
  } else if (is_held_owner()) {
    hint =
        "Call primecloud.enter(token) after BEGIN; to work over all accounts as the owner of the tables, "
        "primecloud.migrating(schema).";
  } else if (has_bypassrls_privilege(GetUserId())) {
    // No policy holds it: what asks is the default of a tenant column.
    hint =
        "Policies do not hold this role, but it has entered no account from which a tenant column could be filled: "
        "name the column in the statement.";
  }
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("no tenant has been entered in this transaction"),
          errhint("%s", hint), errhidestmt(statement_may_hold_token()));
}

void refuse_role(std::string_view name) {
  ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown role: \"%s\"", pg::clipped(name)),
          errhint("The roles are external_client, developer, admin and owner."),
          errhidestmt(statement_may_hold_token()));
  pg_unreachable();
}

}  // namespace primecloud::tenant
