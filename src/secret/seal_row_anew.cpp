// seal_row_anew: an envelope that was read on another server, sealed anew with its tenant's active key; and what has to
// be on disk here before it goes back there.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_version.hpp"
#include "secret/key_standing.hpp"
#include "secret/key_table.hpp"
#include "secret/seal_anew.hpp"
#include "secret/sealed.hpp"

extern "C" {
#include "access/xlog.h"
}

namespace {
using namespace primecloud;
using secret::text_argument;

const char *why_no_place(text_argument tenant, text_argument id) noexcept {
  if (!tenant || !id) return "22004";
  if (tenant->empty() || id->empty() || tenant->size() > longest_tenant || id->size() > longest_row_id) return "22023";
  return nullptr;
}

// What is written there stays, whatever becomes of this transaction, and the key that it was made in.
SERVER_CODE void check_key_stays(std::string_view tenant) {
  if (!secret::active_key_is_new(tenant, secret::key_purpose::seal)) return;
  ereport(
      ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
      errmsg("the key of tenant \"%s\" was made in this transaction", pg::c_string(tenant)),
      errhint("COMMIT first: rows on other servers would stay sealed with it if the transaction were rolled back."));
}

// Neither where the active key has sealed it.
SERVER_CODE std::tuple<std::optional<secret::sealed_value>, text_argument> seal_row_anew(pg::bytes_view envelope,
                                                                                         text_argument tenant,
                                                                                         std::string_view label,
                                                                                         text_argument id) {
  const pg::bytes_view bytes = envelope;
  secret::key_standings keys;
  keys.begin();
  const secret::standing state = keys.of(bytes.size() < 12 ? 0 : envelope_key_id(bytes.first(12)));
  if (state == secret::standing::current) return {std::nullopt, std::nullopt};
  const char *problem = secret::why_not(state);
  if (problem == nullptr) problem = why_no_place(tenant, id);
  if (problem == nullptr && envelope_problem(bytes) != nullptr) problem = "PC006";
  secret::plaintext_room room;
  Datum after = 0;
  if (problem == nullptr) problem = secret::seal_anew(bytes, {*tenant, label, *id}, room, &after);
  if (problem != nullptr) return {std::nullopt, problem};
  check_key_stays(*tenant);
  return {secret::sealed_value{reinterpret_cast<varlena *>(DatumGetPointer(after))}, std::nullopt};
}

// The key that has sealed what goes to another server's disk is on this one's first.  (By a record of its own: where
// the log stands at the end of a page, what comes next begins behind the head of one that is not there to be flushed.)
SERVER_CODE pg::nothing flush_keys() {
  XLogFlush(pg::log_message("primecloud.keys", ""));
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_seal_row_anew, seal_row_anew);
PRIMECLOUD_FUNCTION(primecloud_flush_keys, flush_keys);
