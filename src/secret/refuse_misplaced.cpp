// refuse_misplaced: the trigger of guard_sealed().  A row whose id, tenant or envelope is new is refused where the
// envelope would not open in it.  That is a matter of the row, whoever writes it: the writer needs no context, no key
// and no right to open, and is told no more than that.
#include "pg/c_string.hpp"
#include "pg/row_version.hpp"
#include "pg/server_function.hpp"
#include "secret/fit.hpp"
#include "secret/guarded_columns.hpp"

extern "C" {
#include "commands/trigger.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
}

namespace {
using namespace primecloud;
using secret::fit;
using secret::guarded_column;

constexpr int key_is_retired = MAKE_SQLSTATE('P', 'C', '0', '0', '4');
constexpr int not_authentic = MAKE_SQLSTATE('P', 'C', '0', '0', '5');
constexpr int malformed = MAKE_SQLSTATE('P', 'C', '0', '0', '6');

// Whoever may not read the id, or not every row, wrote one that he does not know, perhaps.
SERVER_CODE bool may_be_told(Relation table, AttrNumber id) {
  const Oid oid = RelationGetRelid(table);
  return check_enable_rls(oid, InvalidOid, true) != RLS_ENABLED &&
         (pg_class_aclcheck(oid, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
          pg_attribute_aclcheck(oid, id, GetUserId(), ACL_SELECT) == ACLCHECK_OK);
}

// What every refusal says besides.
SERVER_CODE int tell_place(Relation table, const guarded_column &column, std::string_view id) {
  if (!id.empty() && may_be_told(table, column.id.number))
    errdetail("The row's id is \"%.*s\".", static_cast<int>(id.size()), id.data());
  errhidestmt(true);
  errhidecontext(true);
  return errtablecol(table, column.number);
}

[[noreturn, gnu::cold]] SERVER_CODE void refuse(const TriggerData *data, const guarded_column &column, fit found,
                                                std::string_view id) {
  Relation table = data->tg_relation;
  const char *name = NameStr(column.of.column),
             *rel = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)),
                                               RelationGetRelationName(table));
  if (found == fit::retired)
    ereport(
        ERROR, errcode(key_is_retired),
        errmsg("the secret in column \"%s\" of %s would not open in its row: its data key is retired", name, rel),
        errhint("Bring the key back with primecloud.restore_key(), or seal the secret again in the same statement."),
        tell_place(table, column, id));
  if (found == fit::damaged)
    ereport(ERROR, errcode(malformed),
            errmsg("the secret in column \"%s\" of %s would not open in its row: its bytes are damaged", name, rel),
            errhint("Seal it again, or restore the row from a backup."), tell_place(table, column, id));
  if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
    ereport(
        ERROR, errcode(not_authentic),
        errmsg("the secret in column \"%s\" of %s would not open in its row: it was sealed for another id, tenant or "
               "column, or altered",
               name, rel),
        errhint("Take it along in the same statement: SET %s = primecloud.reseal_move(...), or "
                "primecloud.seal_for(...) with the new id, or NULL.",
                quote_identifier(name)),
        tell_place(table, column, id));
  ereport(ERROR, errcode(not_authentic),
          errmsg("the secret in column \"%s\" of %s would not open in its row: it was sealed for another id, tenant or "
                 "column, or altered",
                 name, rel),
          errhint("Make the row's id first and seal for it: primecloud.seal_for(...)."), tell_place(table, column, id));
  pg_unreachable();
}

[[noreturn, gnu::cold]] SERVER_CODE void refuse_broken(Relation table, const guarded_column &column) {
  ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
          errmsg("the secrets in column \"%s\" of %s are bound to columns \"%s\" and \"%s\", of which one is gone",
                 NameStr(column.of.column), RelationGetRelationName(table), NameStr(column.of.tenant_column),
                 NameStr(column.of.id_column)),
          errhint("See primecloud.registrations; primecloud.unguard_sealed() lets rows be written without this check."),
          errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

SERVER_CODE void check(const TriggerData *data, guarded_column &column, TupleTableSlot *row) {
  bool null, no_tenant, no_id;
  const Datum value = slot_getattr(row, column.number, &null);
  if (null) return;
  if (!column.whole) refuse_broken(data->tg_relation, column);
  const std::string_view tenant = secret::text_of_column(column.tenant, row, &no_tenant),
                         id = secret::text_of_column(column.id, row, &no_id);
  const fit found =
      no_tenant || no_id ? fit::elsewhere : secret::fit_of(pg::bytes_in(value), {tenant, column.of.label_view(), id});
  if (found == fit::opens || found == fit::lost) return;
  refuse(data, column, found, no_id ? std::string_view() : id);
}

SERVER_CODE Datum ask_of_row(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo))
    pg::raise(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "refuse_misplaced is for triggers",
              "Call primecloud.guard_sealed().");
  const auto *data = reinterpret_cast<TriggerData *>(fcinfo->context);
  const bool updates = TRIGGER_FIRED_BY_UPDATE(data->tg_event);
  if (!TRIGGER_FIRED_AFTER(data->tg_event) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
      !(updates || TRIGGER_FIRED_BY_INSERT(data->tg_event)) || data->tg_relation->rd_tableam == nullptr)
    pg::raise(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "refuse_misplaced is not used as guard_sealed() does",
              "Call primecloud.guard_sealed().");
  TupleTableSlot *row = updates ? data->tg_newslot : data->tg_trigslot;
  TupleTableSlot *now = nullptr;
  const secret::guarded_columns &guarded = secret::guarded_columns_of(data->tg_relation);
  for (int i = 0; i < guarded.count; i++) {
    guarded_column &column = guarded.columns[i];
    if (slot_attisnull(row, column.number)) continue;
    const auto is_new = [&](AttrNumber number) {
      return pg::changed(data->tg_relation, data->tg_trigslot, row, number);
    };
    if (updates && !is_new(column.number) &&
        !(column.whole && (is_new(column.tenant.number) || is_new(column.id.number))))
      continue;
    if (now == nullptr) now = pg::as_it_is_now(data->tg_relation, row);
    if (now == nullptr) break;
    check(data, column, now);
  }
  if (now != nullptr && now != row) ExecDropSingleTupleTableSlot(now);
  return PointerGetDatum(nullptr);
}

// (Keys are read by what throws.)
SERVER_CODE Datum refuse_misplaced(FunctionCallInfo fcinfo) noexcept {
  return pg::boundary([&] { return ask_of_row(fcinfo); });
}
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_refuse_misplaced, refuse_misplaced);
