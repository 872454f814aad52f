#include "tenant/wrapped_tables.hpp"

extern "C" {
#include "nodes/bitmapset.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
}

namespace primecloud::tenant {

void refuse_wrapped_table(const Query *query) {
  if (list_length(query->rtable) != 1) return;
  const auto *entry = linitial_node(RangeTblEntry, query->rtable);
  if (entry->rtekind != RTE_RELATION || entry->securityQuals == NIL) return;
  const Bitmapset *named = pull_varnos(nullptr, reinterpret_cast<Node *>(entry->securityQuals));
  if (bms_is_empty(named) || (bms_membership(named) == BMS_SINGLETON && bms_is_member(1, named))) return;
  const char *name = get_rel_name(entry->relid);
  ereport(
      ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
      errmsg("table \"%s\" under policies cannot be planned by Citus as it stands in this query",
             name == nullptr ? "" : name),
      errhint("Let each condition of a join say that the account is the same, or read the table in a query of its own: "
              "FROM ... JOIN (SELECT * FROM ...) AS ..."));
}

}  // namespace primecloud::tenant
