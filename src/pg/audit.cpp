#include "pg/audit.hpp"

#include "core/audit_record.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_version.hpp"
#include "pg/table.hpp"

extern "C" {
#include "access/xlog.h"
#include "utils/timestamp.h"
}

namespace primecloud::pg {
namespace {

// This backend's copy: the extension's table is another after DROP and CREATE.
struct {
  Oid table = InvalidOid;
  std::uint8_t key[audit_key_size];
} known;

// False where there is none.
SERVER_CODE bool find_key() {
  const Oid table = internal_table("audit_key");
  if (OidIsValid(table) && table == known.table) return true;
  known.table = InvalidOid;
  if (!OidIsValid(table)) return false;
  for_each_row<2>(table, snapshot_of_now(table), [table](const Datum *values, const bool *nulls) {
    if (nulls[1]) return;
    const bytes_view key = bytes_in(values[1]);
    if (key.size() != audit_key_size) return;
    memcpy(known.key, key.data(), audit_key_size);
    known.table = table;
  });
  return OidIsValid(known.table);
}

// In UTC, to the millisecond.
SERVER_CODE const char *now_text() {
  const TimestampTz now = GetCurrentTimestamp();
  struct pg_tm parts;
  fsec_t microseconds;
  if (timestamp2tm(now, nullptr, &parts, &microseconds, nullptr, nullptr) != 0)
    elog(ERROR, "the clock is out of range");
  return psprintf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour,
                  parts.tm_min, parts.tm_sec, static_cast<int>(microseconds / 1000));
}

// What the log puts before the record, a reader may leave on.
constexpr std::string_view prefix = "primecloud audit: ";

SERVER_CODE bool verify_audit(std::string_view record) {
  if (!find_key()) return false;
  if (record.starts_with(prefix)) record.remove_prefix(prefix.size());
  return is_audit_record(audit_key(known.key), record);
}

}  // namespace

const char *sealed_record(const char *text) {
  if (!find_key()) return text;
  const std::size_t size = strlen(text);
  char *record = static_cast<char *>(palloc(size + audit_seal_room + 1));
  record[seal_audit_record(audit_key(known.key), {text, size}, now_text(), record)] = '\0';
  return record;
}

void record_beyond_rollback(const char *text) {
  const char *record = sealed_record(text);
  ereport(LOG_SERVER_ONLY, errmsg("primecloud audit: %s", record), errhidestmt(true), errhidecontext(true));
  if (RecoveryInProgress()) return;
  XLogFlush(log_message("primecloud.audit", record));
}

}  // namespace primecloud::pg

namespace {
using primecloud::pg::verify_audit;
SERVER_CODE primecloud::pg::nothing record_audit(std::string_view record) {
  ereport(LOG_SERVER_ONLY, errmsg_internal("%s", primecloud::pg::sealed_record(primecloud::pg::c_string(record))),
          errhidestmt(true), errhidecontext(true));
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_verify_audit, verify_audit);
PRIMECLOUD_FUNCTION(primecloud_record_audit, record_audit);
