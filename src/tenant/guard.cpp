// What the guard needs to know of an ALTER TABLE: which of its parts take protection
// away, or bring a table under it.  The server keeps the parts of a command as parse
// trees that SQL cannot read.
#include "pg/guard.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_version.hpp"
#include "pg/startup.hpp"
#include "tenant/dropped_not_null.hpp"

extern "C" {
#include "access/xact.h"
#include "nodes/parsenodes.h"
#include "tcop/deparse_utility.h"
#include "utils/aclchk_internal.h"
}

namespace {
using namespace primecloud;

enum guard_level { guard_error, guard_warn, guard_off };
int level = guard_error;
const config_enum_entry levels[] = {
    {"error", guard_error, false}, {"warn", guard_warn, false}, {"off", guard_off, false}, {nullptr, 0, false}};

// Whether a helper has lifted it, for its own statements: anybody's function may do as it does.  The
// server keeps that beside each value, and gives it back when it goes back to one.
bool lifting = false, lifted = false;
SERVER_CODE bool check_level(int *, void **extra, GucSource) noexcept {
  auto *by_helper = static_cast<bool *>(pg::allocate_for_setting(sizeof(bool)));
  if (by_helper == nullptr) return false;
  *by_helper = lifting;
  *extra = by_helper;
  return true;
}
void note_level(int, void *extra) noexcept { lifted = extra != nullptr && *static_cast<const bool *>(extra); }

SERVER_CODE void define_guard_settings() {
  DefineCustomEnumVariable("primecloud.guard", "What happens to a command that would take protection off a table.",
                           "error: it is refused.  warn: it runs, with a warning.  off: nobody looks.", &level,
                           guard_error, levels, PGC_SUSET, 0, check_level, note_level, nullptr);
}
const pg::startup guard_settings{define_guard_settings};

// A command as the server collects it for event triggers.
struct ddl_command {
  const CollectedCommand *command;
};

using weakening = std::tuple<std::string_view, std::optional<std::string_view>>;

std::string_view guard_level_name() noexcept { return levels[level].name; }

bool guard_is_lifted() noexcept { return lifted; }

// Off until the function that calls it returns or fails: each function of ours has a SET
// clause and so opens a level of settings, and what is saved there ends with it.
SERVER_CODE pg::nothing lift_guard() noexcept {
  const int below = NewGUCNestLevel();
  AtEOXact_GUC(true, below);
  if (below - 1 <= GetCurrentTransactionNestLevel()) {
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("the guard can be lifted within a function only"),
            errhint("Use primecloud.unprotect_table(), or as a superuser SET primecloud.guard = off."));
  }
  lifting = true;
  set_config_option("primecloud.guard", "off", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, WARNING, false);
  lifting = false;
  return {};
}

std::optional<std::string_view> name_of(const AlterTableCmd *part) noexcept {
  if (part->name == nullptr) return std::nullopt;
  return part->name;
}

// What a table loses with a constraint: by its name, or where it was NOT NULL, by that of the column.
weakening loss_of(pg::relation table, const char *constraint) {
  const auto column = pg::guarded([&] { return column_of_dropped_not_null(table, constraint); });
  if (column) return {"lose NOT NULL of", column};
  return {"lose constraint", constraint};
}

pg::rows<weakening> weakenings(ddl_command of) {
  pg::rows<weakening> found;
  if (of.command->type == SCT_Simple && IsA(of.command->parsetree, AlterObjectSchemaStmt)) {
    found.emplace_back("move", std::nullopt);
  }
  if (of.command->type != SCT_AlterTable) return found;
  const ListCell *cell;
  foreach (cell, of.command->d.alterTable.subcmds) {
    const auto *collected = static_cast<const CollectedATSubcmd *>(lfirst(cell));
    if (!IsA(collected->parsetree, AlterTableCmd)) continue;
    const auto *part = reinterpret_cast<const AlterTableCmd *>(collected->parsetree);
    switch (part->subtype) {
      case AT_DisableRowSecurity: found.emplace_back("lose row-level security", std::nullopt); break;
      case AT_NoForceRowSecurity: found.emplace_back("lose forced row-level security", std::nullopt); break;
      case AT_ColumnDefault:  // changed or dropped
        found.emplace_back("change the default of", name_of(part));
        break;
      case AT_AttachPartition:
      case AT_AddInherit: found.emplace_back("take in", std::nullopt); break;
      case AT_DropNotNull: found.emplace_back("lose NOT NULL of", name_of(part)); break;
      default:
        if (pg::drops_constraint(part->subtype))
          found.push_back(loss_of(pg::relation{of.command->d.alterTable.objectId}, part->name));
        if (const char *idle = pg::no_longer_enforced(part)) found.emplace_back("lose constraint", idle);
        break;
    }
  }
  return found;
}
// What a GRANT or REVOKE is on, which the server tells by no other way: each table, and whether it is whole or columns
// alone.
using granted = std::tuple<pg::relation, bool>;

pg::rows<granted> granted_on(ddl_command of) {
  pg::rows<granted> found;
  if (of.command->type != SCT_Grant) return found;
  const InternalGrant *grant = of.command->d.grant.istmt;
  if (grant->objtype != OBJECT_TABLE) return found;
  const ListCell *cell;
  foreach (cell, grant->objects) found.emplace_back(pg::relation{lfirst_oid(cell)}, grant->col_privs == NIL);
  return found;
}
}  // namespace

template <>
struct primecloud::pg::datum<ddl_command> {
  static constexpr const char *sql = "pg_ddl_command";
  static ddl_command get(Datum d) noexcept { return {reinterpret_cast<const CollectedCommand *>(DatumGetPointer(d))}; }
};

PRIMECLOUD_FUNCTION(primecloud_guard_level, guard_level_name);
PRIMECLOUD_FUNCTION(primecloud_lift_guard, lift_guard);
PRIMECLOUD_FUNCTION(primecloud_guard_is_lifted, guard_is_lifted);
PRIMECLOUD_FUNCTION(primecloud_weakenings, weakenings);
PRIMECLOUD_FUNCTION(primecloud_granted_on, granted_on);
