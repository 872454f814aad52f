#include "secret/literal.hpp"

#include <sodium.h>

#include "pg/postgres.hpp"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
}

namespace primecloud::secret {
namespace {

constexpr int looks_a_statement = 8;
constexpr std::size_t longest_looked_for = 4096, longest_looked_through = 1 << 20;
constexpr char hidden[] = "<statement with a secret>";

// The statement, while it is still to be looked at.
const char *statement_to_search() {
  static TimestampTz statement = 0;
  static int looks = 0;
  if (debug_query_string == nullptr || debug_query_string == hidden) return nullptr;
  if (statement != GetCurrentStatementStartTimestamp()) {
    statement = GetCurrentStatementStartTimestamp();
    looks = 0;
  }
  return looks++ < looks_a_statement ? debug_query_string : nullptr;
}

// Between quotes, or between the dollars of a dollar-quoted literal.
bool quoted_in(std::string_view query, std::string_view text) {
  for (size_t at = query.find(text); at != query.npos; at = query.find(text, at + 1)) {
    const size_t end = at + text.size();
    if (at == 0 || end >= query.size()) continue;
    const char before = query[at - 1], after = query[end];
    if ((before == '\'' && after == '\'') || (before == '$' && after == '$')) return true;
  }
  return false;
}

SERVER_CODE void warn() {
  // Before the warning, whose own report would show the statement.
  debug_query_string = hidden;
  pgstat_report_activity(STATE_RUNNING, hidden);
  ereport(WARNING, errcode(ERRCODE_WARNING), errmsg("a secret was sent as part of the statement's text"),
          errhint("Send it as a bind parameter: statements are logged, counted and shown."), errhidestmt(true),
          errhidecontext(true));
}

}  // namespace

void warn_of_literal(std::string_view plaintext) {
  if (plaintext.empty() || plaintext.size() > longest_looked_for) return;
  const char *statement = statement_to_search();
  if (statement == nullptr) return;
  const std::string_view query(statement, strnlen(statement, longest_looked_through));
  // As it is, and as a literal writes a quote or a backslash: twice.
  char written[2 * longest_looked_for];
  size_t size = 0;
  for (const char c : plaintext) {
    if (c == '\'' || c == '\\') written[size++] = c;
    written[size++] = c;
  }
  const bool found = quoted_in(query, plaintext) || (size != plaintext.size() && quoted_in(query, {written, size}));
  explicit_bzero(written, size);
  if (found) warn();
}

void warn_of_bytes_literal(std::span<const std::uint8_t> plaintext) {
  if (plaintext.empty() || plaintext.size() > longest_looked_for / 2) return;
  const char *statement = statement_to_search();
  if (statement == nullptr) return;
  char written[longest_looked_for + 1];
  sodium_bin2hex(written, sizeof written, plaintext.data(), plaintext.size());
  const std::string_view query(statement, strnlen(statement, longest_looked_through)),
      hex(written, 2 * plaintext.size());
  bool found = false;
  for (size_t at = query.find("\\x"); at != query.npos && !found; at = query.find("\\x", at + 1)) {
    found = pg_strncasecmp(query.data() + at + 2, hex.data(), hex.size()) == 0 && query.size() - at - 2 > hex.size() &&
            query[at + 2 + hex.size()] == '\'';
  }
  explicit_bzero(written, sizeof written);
  if (found) warn();
}

}  // namespace primecloud::secret
