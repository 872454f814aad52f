#include "pg/cached_table.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace primecloud::pg {
namespace {

std::uint64_t changes = 0;

SERVER_CODE void relation_changed(Datum, Oid relation) noexcept {
  changes++;
  cached_table::told(relation);
}
void schema_changed(Datum, int, uint32) noexcept { changes++; }

SERVER_CODE void watch_server() {
  CacheRegisterRelcacheCallback(relation_changed, Datum{0});
  CacheRegisterSyscacheCallback(NAMESPACEOID, schema_changed, Datum{0});
}
const startup watching{watch_server};

SERVER_CODE nothing table_changed(relation table) noexcept {
  if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table.oid))) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", table.oid),
            errhint("It was dropped meanwhile."));
  }
  cached_table::tell(table.oid);
  return {};
}

}  // namespace

void cached_table::tell(Oid table) { CacheInvalidateRelcacheByRelid(table); }

void cached_table::told(Oid table) noexcept {
  for (cached_table *each = first_; each != nullptr; each = each->next_) {
    if (table != InvalidOid && table != each->watched_) continue;
    each->changes_++;
    each->forget_();
  }
}

std::uint64_t relation_changes() noexcept { return changes; }

}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_table_changed, primecloud::pg::table_changed);
