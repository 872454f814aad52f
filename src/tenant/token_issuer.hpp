// The rows of primecloud_internal.token_issuer: what tokens of an issuer must be like.
#pragma once

#include "core/tenant/identity.hpp"
#include "core/tenant/token.hpp"
#include "pg/postgres.hpp"

namespace primecloud::tenant {

using issuer_text = char[longest_identifier + 1];

// Compared as bytes, so made of zeros before it is filled.
struct issuer_rules {
  int64 known = 0;         // 1 where there is such an issuer
  int64 longest_life = 0;  // seconds; 0: the setting's
  int64 leeway = 0;
  issuer_text audience = {};  // empty: the setting's
  issuer_text audience_claim = {}, user_claim = {}, account_claim = {}, role_claim = {};

  claim_names names() const noexcept {
    if (known == 0) return {};
    return {user_claim, account_claim, role_claim, audience_claim};
  }
  bool operator==(const issuer_rules &other) const noexcept { return memcmp(this, &other, sizeof other) == 0; }
};

// As committed now.  Server code.
SERVER_CODE issuer_rules find_issuer(const char *issuer);

}  // namespace primecloud::tenant
