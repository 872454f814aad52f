#include "secret/audit.hpp"

#include "pg/as_superuser.hpp"
#include "pg/role_name.hpp"
#include "pg/startup.hpp"
#include "secret/settings.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "lib/stringinfo.h"
}

namespace primecloud::secret {
namespace {

constexpr int too_many = MAKE_SQLSTATE('P', 'C', '0', '0', '8');
int reveals = 0;

void at_end(XactEvent event, void *) noexcept {
  if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) reveals = 0;
}
const pg::startup watch{[] { RegisterXactCallback(at_end, nullptr); }};

SERVER_CODE Datum text_datum(std::string_view text) { return PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size()))); }

// A log line has one line: whatever else a value holds is written as \xx.
SERVER_CODE void append_plain(StringInfo line, const char *name, std::string_view value) {
  appendStringInfo(line, " %s=\"", name);
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\') appendStringInfo(line, "\\%02x", static_cast<unsigned char>(c));
    else appendStringInfoChar(line, c);
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
  ereport(LOG_SERVER_ONLY, errmsg_internal("primecloud %s a secret:%s key=%lld", did, line.data, what.key_id),
          errhidestmt(true), errhidecontext(true));
}

// Prepared once a backend: planning would cost more than the row.
SERVER_CODE SPIPlanPtr insertion() {
  static SPIPlanPtr kept = nullptr;
  if (kept != nullptr) return kept;
  Oid types[] = {TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT8OID};
  SPIPlanPtr fresh = SPI_prepare("INSERT INTO primecloud.reveal_log (session_role, user_id, tenant, label, row_id, purpose, key_id) VALUES ($1, $2, $3, $4, $5, $6, $7)", 7, types);
  if (fresh == nullptr || SPI_keepplan(fresh) != 0) elog(ERROR, "could not prepare the record of a reveal");
  return kept = fresh;
}

SERVER_CODE void write_row(const reveal &what) {
  const Datum who = CStringGetTextDatum(pg::role_name(GetSessionUserId()));
  const context_record *context = tenant::current();
  pg::as_superuser([&] {
    Datum values[] = {who, context == nullptr ? Datum{0} : text_datum(context->user()), text_datum(what.tenant), text_datum(what.label),
                      text_datum(what.row_id), text_datum(what.purpose), Int64GetDatum(what.key_id)};
    const char nulls[] = {' ', context == nullptr ? 'n' : ' ', ' ', ' ', ' ', ' ', ' ', '\0'};
    if (SPI_execute_plan(insertion(), values, nulls, false, 0) != SPI_OK_INSERT) elog(ERROR, "could not record the reveal");
  });
}

}  // namespace

void record_reveal(const reveal &what) {
  if (++reveals > reveals_per_transaction) {
    ereport(ERROR, errcode(too_many), errmsg("more than %d secrets opened in one transaction", reveals_per_transaction),
            errhint("Open fewer at a time; a superuser may raise primecloud.reveals_per_transaction."), errhidestmt(true), errhidecontext(true));
  }
  write_log(what, "opened");
  // A standby, or a read-only transaction, has the log alone.
  if (!RecoveryInProgress() && !XactReadOnly) write_row(what);
}

void record_move(const reveal &from, const reveal &to) {
  write_log(from, "moved from here");
  write_log(to, "moved to here");
}

void record_refusal(const reveal &what) { write_log(what, "refused to open"); }

}  // namespace primecloud::secret
