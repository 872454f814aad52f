// A claim to an identity, and how it becomes the context of a transaction: what every way of entering
// ends in.
#pragma once

#include <cstdint>

#include "pg/postgres.hpp"

namespace primecloud::tenant {

// What a caller claims.  Strings are the caller's and outlive the call.
struct claim {
  const char *tenant = nullptr;   // none: the user alone
  bool tenant_is_number = false;  // of accounts whose keys are integers, and of no others
  const char *user = nullptr;
  bool user_is_number = false;  // in the same way
  const char *role = nullptr;   // none: the role of the membership
  bool assumed = false;         // an operator: no membership is asked
  bool expires_known = false;
  int64 expires = 0;           // microseconds since 2000-01-01 UTC
  const char *token_key = "";  // id of the key that verified the token
  std::uint64_t known = 0;     // changes_until_now() before anything of the claim was read
  bool keep_traces = false;    // what others left in the backend stays: for a probe that is undone
  bool uniform = false;        // refuse with one message, whatever is wrong
};

// Checks the claim against the membership table and enters it until the end of the
// transaction.  Server code: raises 25P01 outside a transaction block, 55000 where
// another identity has been entered, 28000 where the claim does not hold.
SERVER_CODE void enter_claim(const claim &who);

// The one error for whatever is wrong with a token.
[[gnu::cold, noreturn]] SERVER_CODE void refuse_token(const char *log_detail);

}  // namespace primecloud::tenant
