// heed_holds(table): whoever deletes rows by a statement of his own asks which holds there are; COMMIT asks once more
// (asked.cpp).
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "retention/asked.hpp"

extern "C" {
#include "utils/snapmgr.h"
}

namespace primecloud::retention {
namespace {

SERVER_CODE bool heed(pg::relation table) noexcept {
  if (!pg::owns_relation(GetUserId(), table.oid))
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be owner of table %s", name_of(table.oid)),
            errhint("Ask in a SECURITY DEFINER function of the table's owner: that is where such rows are deleted."));
  // Told to delete nothing there, he need not be asked about it at the end.
  if (is_being_held(table.oid)) return false;
  // By the snapshot of whoever asks, who looks for holds by the same one or a later: what he cannot have seen, by his
  // isolation level or within one statement, is not known.
  note_asked(table.oid, asker::function, GetActiveSnapshot());
  return true;
}

SERVER_CODE pg::nothing hold_off(pg::relation table) noexcept {
  hold_off_askers(table.oid);
  return {};
}

}  // namespace
}  // namespace primecloud::retention

PRIMECLOUD_FUNCTION(primecloud_heed_holds, primecloud::retention::heed);
PRIMECLOUD_FUNCTION(primecloud_hold_off, primecloud::retention::hold_off);
