// The server's flag by which an owner is past the policies that are forced on him (pg/past_policies.hpp).
//
// Server code.
#pragma once

#include "pg/as_role.hpp"

namespace primecloud::pg {

SERVER_CODE inline void set_flag(bool up) {
  const identity now = current_identity();
  resume({now.role, up ? now.security | SECURITY_NOFORCE_RLS : now.security & ~SECURITY_NOFORCE_RLS});
}

// Without the flag, where it is up; an error has the transaction put back what was.  (Where it is not, the user
// that `work` leaves behind stays.)
template <class F>
SERVER_CODE auto without_flag(F &&work) {
  if (!InNoForceRLSOperation()) return work();
  const identity before = current_identity();
  set_flag(false);
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
    resume(before);
  } else {
    auto *result = work();
    resume(before);
    return result;
  }
}

}  // namespace primecloud::pg
