#include "tenant/wrapped_tables.hpp"

extern "C" {
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"
}

namespace primecloud::tenant {

SERVER_CODE void name_wrapped_table(Query *query) {
  if (list_length(query->rtable) != 1) return;
  auto *const quals = reinterpret_cast<Node *>(linitial_node(RangeTblEntry, query->rtable)->securityQuals);
  if (quals == nullptr) return;
  const Relids named = pull_varnos(nullptr, quals);
  for (int number = -1; (number = bms_next_member(named, number)) >= 0;) {
    if (number != 1) ChangeVarNodes(quals, number, 1, 0);
  }
}

}  // namespace primecloud::tenant
