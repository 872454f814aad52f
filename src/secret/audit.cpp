#include "secret/audit.hpp"

#include "pg/audit.hpp"
#include "pg/role_name.hpp"
#include "pg/startup.hpp"
#include "secret/reveal_row.hpp"
#include "secret/settings.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "lib/stringinfo.h"
#include "utils/timestamp.h"
}

namespace primecloud::secret {
namespace {

constexpr int too_many = MAKE_SQLSTATE('P', 'C', '0', '0', '8');
int reveals = 0;

void at_end(XactEvent event, void *) noexcept {
  if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) reveals = 0;
}
SERVER_CODE void watch_server() { RegisterXactCallback(at_end, nullptr); }
const pg::startup watching{watch_server};

// A log line has one line: whatever else a value holds is written as \xx.
SERVER_CODE void append_plain(StringInfo line, const char *name, std::string_view value) {
  appendStringInfo(line, " %s=\"", name);
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\')
      appendStringInfo(line, "\\%02x", static_cast<unsigned char>(c));
    else
      appendStringInfoChar(line, c);
  }
  appendStringInfoChar(line, '"');
}

SERVER_CODE void write_log(const reveal &what, const char *did) {
  StringInfoData line;
  initStringInfo(&line);
  append_plain(&line, "tenant", what.tenant);
  append_plain(&line, "label", what.label);
  append_plain(&line, "row", what.row_id);
  append_plain(&line, "purpose", what.purpose);
  append_plain(&line, "role", pg::role_name(GetSessionUserId()));
  const context_record *context = tenant::current();
  if (context != nullptr) append_plain(&line, "user", context->user());
  const char *record = pg::sealed_record(psprintf("primecloud %s a secret:%s key=%lld", did, line.data, what.key_id));
  ereport(LOG_SERVER_ONLY, errmsg_internal("%s", record), errhidestmt(true), errhidecontext(true));
}

// What a role has opened in the last hour, in whatever transactions and sessions.  Asked of
// the table again after a part of what is left has been used, and after a minute, since
// others of the role open too.
struct {
  Oid role = InvalidOid;
  TimestampTz counted = 0;
  int before = 0, since = 0;
} tally;

SERVER_CODE void count_hour(const char *role) {
  if (reveals_per_hour < 0) return;
  const TimestampTz now = GetCurrentTimestamp();
  const int step = tally.before < reveals_per_hour ? (reveals_per_hour - tally.before) / 16 + 1 : 1;
  if (tally.role != GetSessionUserId() || tally.since >= step || tally.before + tally.since >= reveals_per_hour ||
      now - tally.counted > USECS_PER_MINUTE || now < tally.counted) {
    tally = {GetSessionUserId(), now, count_reveals(role, now - USECS_PER_HOUR, reveals_per_hour), 0};
  }
  if (tally.before + tally.since >= reveals_per_hour) {
    ereport(ERROR, errcode(too_many),
            errmsg("role \"%s\" has opened %d secrets within an hour", role, reveals_per_hour),
            errhint("Open fewer; a superuser may raise primecloud.reveals_per_hour."), errhidestmt(true),
            errhidecontext(true));
  }
  tally.since++;
}

}  // namespace

SERVER_CODE void record_reveal(const reveal &what) {
  if (++reveals > reveals_per_transaction) {
    ereport(ERROR, errcode(too_many), errmsg("more than %d secrets opened in one transaction", reveals_per_transaction),
            errhint("Open fewer at a time; a superuser may raise primecloud.reveals_per_transaction."),
            errhidestmt(true), errhidecontext(true));
  }
  const char *role = pg::role_name(GetSessionUserId());
  if (RecoveryInProgress() && reveal_needs_row) {
    ereport(ERROR, errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
            errmsg("a secret cannot be opened where its record cannot be written"),
            errhint("Open it on the primary, or have a superuser turn off primecloud.reveal_needs_row."),
            errhidestmt(true), errhidecontext(true));
  }
  count_hour(role);
  write_log(what, "opened");
  if (!RecoveryInProgress()) write_reveal_row(what, role);  // a standby has the log alone
}

void record_move(const reveal &from, const reveal &to) {
  write_log(from, "moved from here");
  write_log(to, "moved to here");
}

void record_unsealing(std::string_view label, std::string_view purpose) {
  const reveal all{"*", label, "*", purpose, 0};
  write_log(all, "unsealed");
  write_reveal_row(all, pg::role_name(GetSessionUserId()));
}

void record_refusal(const reveal &what) { write_log(what, "refused to open"); }

}  // namespace primecloud::secret
