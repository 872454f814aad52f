// Doing something for its answer, and undoing all else: settings, roles, what was written, here and on other servers.
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/resowner.h"
}

namespace primecloud::pg {

// Runs the callable in a subtransaction that is rolled back, whether it fails or not; its error goes on.  What it has
// put into memory of before stays.
template <class F>
SERVER_CODE void undo_after(F &&work) {
  const MemoryContext memory = CurrentMemoryContext;
  const ResourceOwner owner = CurrentResourceOwner;
  bool failed = false;
  guarded([] { BeginInternalSubTransaction(nullptr); });
  MemoryContextSwitchTo(memory);
  try {
    guarded(work);
  } catch (const unwinding &) {
    failed = true;
  }
  MemoryContextSwitchTo(memory);
  ErrorData *const report = failed ? CopyErrorData() : nullptr;
  if (failed) FlushErrorState();
  RollbackAndReleaseCurrentSubTransaction();
  MemoryContextSwitchTo(memory);
  CurrentResourceOwner = owner;
  if (failed) ReThrowError(report);
}

}  // namespace primecloud::pg
