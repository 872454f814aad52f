// What differs between servers of settings, for the few who ask how one is set.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "utils/guc.h"
#include "utils/guc_tables.h"
}

namespace primecloud::pg {

// What allocate_for_setting() has given, and what guc.c has.
inline void free_of_setting(void *block) noexcept {
#if PG_VERSION_NUM >= 160000
  guc_free(block);
#else
  free(block);
#endif
}

// nullptr where there is no such setting.  One that a library has defined stays where it is; 15 looks for it through
// all.
SERVER_CODE inline const config_generic *find_setting(const char *name) {
#if PG_VERSION_NUM >= 160000
  return find_option(name, false, true, LOG);
#else
  config_generic **all = get_guc_variables();
  for (int i = 0; i < GetNumConfigOptions(); i++) {
    if (strcmp(all[i]->name, name) == 0) return all[i];
  }
  return nullptr;
#endif
}

// Asked by a setting's assign hook: whether the value that it is given is set LOCAL, for the transaction or the
// savepoint, and neither for the session nor by the SET clause of a function.
SERVER_CODE inline bool is_set_locally(const config_generic *setting) {
  return setting != nullptr && setting->stack != nullptr &&
         (setting->stack->state == GUC_LOCAL || setting->stack->state == GUC_SET_LOCAL);
}

}  // namespace primecloud::pg
