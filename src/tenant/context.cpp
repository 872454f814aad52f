#include "tenant/context.hpp"

#include <new>

#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "tenant/sending.hpp"

extern "C" {
#include "access/parallel.h"
#include "utils/plancache.h"
}

namespace primecloud::tenant {
namespace {

char *setting = nullptr;
// What guc.c keeps: the number of the assignment, and behind it the record.
struct alignas(context_record) kept {
  std::uint64_t serial;
  const context_record *record() const noexcept { return reinterpret_cast<const context_record *>(this + 1); }
};
const kept *now = nullptr;
std::uint64_t assignments = 0;
bool assigning = false;  // true only while assign() runs
bool answered_without_context = false;

// The record of an identity as guc.c keeps it; nullptr where the text is none, or there is
// no memory.
void *record_of(const char *value) noexcept {
  try {
    const auto who = decode_identity(value);
    auto *block =
        who ? static_cast<kept *>(pg::allocate_for_setting(sizeof(kept) + context_record::size(*who))) : nullptr;
    if (block == nullptr) return nullptr;
    block->serial = ++assignments;
    context_record::build(block + 1, *who);
    return block;
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

SERVER_CODE bool check(char **value, void **extra, GucSource) noexcept {
  if (*value == nullptr) return true;
  if (!assigning && !InitializingParallelWorker) {
    GUC_check_errcode(ERRCODE_INSUFFICIENT_PRIVILEGE);
    GUC_check_errmsg("the tenant context cannot be set");
    GUC_check_errhint("Call primecloud.enter(token) inside a transaction.");
    return false;
  }
  if (**value == '\0') return true;
  *extra = record_of(*value);
  return *extra != nullptr;
}

void assign_hook(const char *, void *extra) noexcept { now = static_cast<const kept *>(extra); }

SERVER_CODE void define_context_settings() {
  DefineCustomStringVariable(
      "primecloud.context", "Tenant context of the transaction; set by primecloud.enter() alone.", nullptr, &setting,
      nullptr, PGC_SUSET,
      GUC_NO_SHOW_ALL | GUC_NO_RESET_ALL | GUC_SUPERUSER_ONLY | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, check,
      assign_hook, nullptr);
}
const pg::startup context_settings{define_context_settings};
}  // namespace

const context_record *current() noexcept { return now == nullptr ? nullptr : now->record(); }
std::string_view current_tenant() noexcept { return now == nullptr ? std::string_view() : now->record()->tenant(); }
const char *encoded() noexcept { return now == nullptr ? nullptr : setting; }
std::uint64_t context_serial() noexcept { return now == nullptr ? 0 : now->serial; }

void note_missing() noexcept { answered_without_context = true; }

void assign_here(const char *value) {
  if (answered_without_context) ResetPlanCache();
  answered_without_context = false;
  // At LOG level guc.c returns from a refusal instead of jumping over the line that
  // lowers the flag.
  assigning = true;
  const int taken =
      set_config_option("primecloud.context", value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, LOG, false);
  assigning = false;
  if (taken <= 0)
    ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("could not set the tenant context"),
            errhint("The server has no memory: try again."));
}

void assign(const char *value) {
  assign_here(value);
  send_context(encoded(), context_serial());
}

}  // namespace primecloud::tenant
