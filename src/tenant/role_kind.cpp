#include "tenant/role_kind.hpp"

#include <cstring>

#include "pg/startup.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_db_role_setting.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/rel.h"
}

namespace primecloud::tenant {
namespace {

constexpr char prefix[] = "primecloud.role_kind=";

struct {
  const char *name;
  role_kind kind;
} constexpr kinds[] = {{"app", role_kind::app},       {"platform", role_kind::platform},
                       {"gate", role_kind::gate},     {"maintenance", role_kind::maintenance},
                       {"worker", role_kind::worker}, {"backup", role_kind::backup}};

role_kind kind_named(const char *name) noexcept {
  for (const auto &each : kinds) {
    if (strcmp(each.name, name) == 0) return each.kind;
  }
  return role_kind::other;
}

SERVER_CODE role_kind kind_among(Datum settings) {
  Datum *texts;
  int count;
  deconstruct_array(DatumGetArrayTypeP(settings), TEXTOID, -1, false, TYPALIGN_INT, &texts, nullptr, &count);
  for (int i = 0; i < count; i++) {
    const char *setting = TextDatumGetCString(texts[i]);
    if (strncmp(setting, prefix, sizeof prefix - 1) == 0) return kind_named(setting + sizeof prefix - 1);
  }
  return role_kind::other;
}

// The session's own value is of no use: it is that of who logged in, not of who acts.
char *shown = nullptr;
SERVER_CODE void define_role_kind_settings() {
  DefineCustomStringVariable("primecloud.role_kind", "What kind of role this is.",
                             "Set by create_app_role() and its sisters for the role that they make.", &shown, "",
                             PGC_SUSET, GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, nullptr, nullptr, nullptr);
}
const pg::startup role_kind_settings{define_role_kind_settings};

}  // namespace

role_kind kind_of_role(Oid role) {
  Relation table = table_open(DbRoleSettingRelationId, AccessShareLock);
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ,
              ObjectIdGetDatum(InvalidOid));
  ScanKeyInit(&keys[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
  SysScanDesc scan = systable_beginscan(table, DbRoleSettingDatidRolidIndexId, true, nullptr, 2, keys);
  role_kind found = role_kind::other;
  const HeapTuple row = systable_getnext(scan);
  if (HeapTupleIsValid(row)) {
    bool null;
    const Datum settings = heap_getattr(row, Anum_pg_db_role_setting_setconfig, RelationGetDescr(table), &null);
    if (!null) found = kind_among(settings);
  }
  systable_endscan(scan);
  table_close(table, AccessShareLock);
  return found;
}

}  // namespace primecloud::tenant
