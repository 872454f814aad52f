#include "tenant/known_keys.hpp"

#include "pg/server_version.hpp"
#include "tenant/at_least.hpp"
#include "tenant/cluster.hpp"
#include "tenant/tenant_conditions.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/uuid.h"
}

namespace primecloud::tenant {
namespace {

// What a plan depends on is kept in a list of catalogs' caches and hashes: no cache has a number below 0.
constexpr int first_of_ours = -1;

struct binding {
  int cache;
  uint32 hash;
  bool operator==(const binding &) const noexcept = default;
};

binding binding_to(std::uint64_t serial) noexcept {
  return {first_of_ours - static_cast<int>((serial >> 32) & 0x3fffffff), static_cast<uint32>(serial)};
}

// A Const, or nullptr where the function itself is to say what it says: of a key of another type.
SERVER_CODE Const *key_as(const FuncExpr *call, const context_record *context) {
  switch (call->funcresulttype) {
    case UUIDOID: {
      if (!context->has_uuid) return nullptr;
      auto *key = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
      memcpy(key->data, context->tenant_uuid.octets.data(), UUID_LEN);
      return makeConst(UUIDOID, -1, InvalidOid, UUID_LEN, UUIDPGetDatum(key), false, false);
    }
    case INT8OID:
      if (!context->has_bigint) return nullptr;
      return makeConst(INT8OID, -1, InvalidOid, sizeof(int64), Int64GetDatum(context->tenant_bigint), false,
                       FLOAT8PASSBYVAL);
    case INT4OID:
      if (!context->has_integer) return nullptr;
      return makeConst(INT4OID, -1, InvalidOid, sizeof(int32),
                       Int32GetDatum(static_cast<int32>(context->tenant_bigint)), false, true);
    case TEXTOID: {
      const auto key = context->tenant();
      text *const value = cstring_to_text_with_len(key.data(), static_cast<int>(key.size()));
      return makeConst(TEXTOID, -1, call->funccollid, -1, PointerGetDatum(value), false, false);
    }
    default: return nullptr;
  }
}

// The context, where its role is the least that the call asks for; else nullptr: what is refused, and how, the function
// says as it is run.
SERVER_CODE const context_record *context_for(const FuncExpr *call) {
  if (call->args == NIL) return at_least(std::nullopt);
  if (list_length(call->args) != 1 || !IsA(linitial(call->args), Const)) return nullptr;
  const auto *minimum = linitial_node(Const, call->args);
  if (minimum->constisnull) return at_least(std::nullopt);
  return at_least(TextDatumGetCString(minimum->constvalue));
}

}  // namespace

bool is_planned_for_now(const char *text) {
  return text != nullptr && text == debug_query_string && current() != nullptr && current()->has_tenant &&
         asking_session() != 0;
}

bool put_known_key(Node *condition) {
  bool any = false;
  const ListCell *cell;
  foreach (cell, conditions_of(condition)) {
    const OpExpr *of_tenant = as_tenant_condition(static_cast<const Node *>(lfirst(cell)));
    if (of_tenant == nullptr) continue;
    const auto *call = lsecond_node(FuncExpr, of_tenant->args);
    const context_record *const context = context_for(call);
    Const *const key = context == nullptr ? nullptr : key_as(call, context);
    if (key == nullptr || !pg::may_execute(GetUserId(), call->funcid)) continue;
    lfirst(list_nth_cell(of_tenant->args, 1)) = key;
    any = true;
  }
  return any;
}

void bind_to_context(PlannedStmt *plan, std::uint64_t serial) {
  const binding its = binding_to(serial);
  auto *item = makeNode(PlanInvalItem);
  item->cacheId = its.cache;
  item->hashValue = its.hash;
  plan->invalItems = lappend(plan->invalItems, item);
}

void check_bound_context(const PlannedStmt *plan) {
  const ListCell *cell;
  foreach (cell, plan->invalItems) {
    const auto *item = lfirst_node(PlanInvalItem, cell);
    if (item->cacheId > first_of_ours || binding{item->cacheId, item->hashValue} == binding_to(context_serial()))
      continue;
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("the statement was planned for another tenant context"),
            errhint("On a node that another asks, a statement is planned where it is run: prepare it anew, or on the "
                    "coordinator."));
  }
}

}  // namespace primecloud::tenant
