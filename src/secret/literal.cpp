#include "secret/literal.hpp"

#include "pg/postgres.hpp"

extern "C" {
#include "access/xact.h"
#include "tcop/tcopprot.h"
}

namespace primecloud::secret {

void warn_of_literal(std::string_view plaintext) {
  static TimestampTz looked_at = 0;
  const TimestampTz statement = GetCurrentStatementStartTimestamp();
  if (statement == looked_at || debug_query_string == nullptr || plaintext.empty()) return;
  looked_at = statement;
  const std::string_view query(debug_query_string);
  for (size_t at = query.find(plaintext); at != query.npos; at = query.find(plaintext, at + 1)) {
    const size_t end = at + plaintext.size();
    if (at == 0 || end >= query.size() || query[at - 1] != '\'' || query[end] != '\'') continue;
    ereport(WARNING, errcode(ERRCODE_WARNING), errmsg("a secret was sent as part of the statement's text"),
            errhint("Send it as a bind parameter: statements are logged, counted and shown."), errhidestmt(true), errhidecontext(true));
    return;
  }
}

}  // namespace primecloud::secret
