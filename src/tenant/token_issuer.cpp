#include "tenant/token_issuer.hpp"

#include "pg/cached_table.hpp"

extern "C" {
#include "utils/inval.h"
}

namespace primecloud::tenant {
namespace {

enum column {
  issuer_column,
  audience_column,
  audience_claim_column,
  user_claim_column,
  account_claim_column,
  role_claim_column,
  longest_life_column,
  leeway_column,
  columns
};

SERVER_CODE issuer_rules read_rules(Oid oid, const char *issuer) {
  issuer_rules found;
  if (!OidIsValid(oid)) return found;
  pg::for_each_row<columns>(oid, GetLatestSnapshot(), [&](const Datum *values, const bool *nulls) {
    if (pg::text_in(values[issuer_column]) != issuer) return;
    found.known = 1;
    const auto copy = [&](column from, issuer_text &to) {
      if (!nulls[from]) strlcpy(to, TextDatumGetCString(values[from]), sizeof to);
    };
    copy(audience_column, found.audience);
    copy(audience_claim_column, found.audience_claim);
    copy(user_claim_column, found.user_claim);
    copy(account_claim_column, found.account_claim);
    copy(role_claim_column, found.role_claim);
    if (!nulls[longest_life_column]) found.longest_life = DatumGetInt32(values[longest_life_column]);
    found.leeway = DatumGetInt32(values[leeway_column]);
  });
  return found;
}

// The issuer that tokens named last.
struct {
  bool known = false;
  issuer_text name;
  issuer_rules rules;
} last;

void forget() noexcept { last.known = false; }
pg::cached_table table{"token_issuer", forget};

}  // namespace

issuer_rules find_issuer(const char *issuer) {
  AcceptInvalidationMessages();
  if (last.known && strcmp(last.name, issuer) == 0) return last.rules;
  const issuer_rules found = table.read([issuer](Oid oid) { return read_rules(oid, issuer); });
  if (strlen(issuer) < sizeof last.name) {
    strlcpy(last.name, issuer, sizeof last.name);
    last.rules = found;
    last.known = true;
  }
  return found;
}

}  // namespace primecloud::tenant
