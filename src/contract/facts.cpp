// contract_facts, contract_told: what CHECKs say of columns.
#include <algorithm>

#include "contract/catalog_tree.hpp"
#include "core/contract/check.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"

extern "C" {
#include "catalog/pg_constraint.h"
#include "nodes/nodes.h"
#include "utils/array.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;

constexpr char oid_array_type[] = "oid[]", smallint_array_type[] = "smallint[]", tree_type[] = "pg_node_tree";
using oids = pg::owned<oid_array_type>;
using numbers = pg::owned<smallint_array_type>;
using owned_tree = pg::owned<tree_type>;

struct conditions {
  const contract::term **all;
  std::size_t count;
};

// (A value of pg_node_tree is of the catalog's: nobody else can make one.  So no function here takes a tree as text.)
SERVER_CODE Node *tree_of(Datum tree) {
  return static_cast<Node *>(stringToNode(text_to_cstring(DatumGetTextPP(tree))));
}

SERVER_CODE const contract::term *condition_of(Oid check, int stands_for) {
  HeapTuple found = SearchSysCache1(CONSTROID, ObjectIdGetDatum(check));
  if (!HeapTupleIsValid(found)) return contract::read_condition(nullptr, stands_for);
  bool is_null;
  const Datum tree = SysCacheGetAttr(CONSTROID, found, Anum_pg_constraint_conbin, &is_null);
  const auto *read = contract::read_condition(is_null ? nullptr : tree_of(tree), stands_for);
  ReleaseSysCache(found);
  return read;
}

SERVER_CODE conditions read_conditions(Datum checks, Datum stand_for) {
  Datum *check, *number;
  int count, counted;
  deconstruct_array(DatumGetArrayTypeP(checks), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &check, nullptr, &count);
  deconstruct_array(DatumGetArrayTypeP(stand_for), INT2OID, 2, true, TYPALIGN_SHORT, &number, nullptr, &counted);
  count = std::min(count, counted);  // a condition without a number stands for nobody's
  auto **all =
      static_cast<const contract::term **>(palloc(sizeof(contract::term *) * static_cast<std::size_t>(count + 1)));
  for (int i = 0; i < count; i++) all[i] = condition_of(DatumGetObjectId(check[i]), DatumGetInt16(number[i]));
  return {all, static_cast<std::size_t>(count)};
}

// What all the conditions say together: {"<column>": {facts}}.
pg::json_string contract_facts(oids checks, numbers stand_for) {
  const conditions read = pg::guarded([&] { return read_conditions(checks.value, stand_for.value); });
  std::string out = "{";
  for (const auto &[column, known] : contract::read_all(read.all, read.count).columns) {
    out += (out.size() > 1 ? ",\"" : "\"") + std::to_string(column) + "\":" + contract::json_of(known);
  }
  return {out + "}"};
}

bool contract_told(owned_tree tree) {
  const contract::term *condition = pg::guarded([&] { return contract::read_condition(tree_of(tree.value), 1); });
  return contract::read(*condition).told;
}

bool contract_lists(owned_tree tree) {
  const contract::term *condition = pg::guarded([&] { return contract::read_condition(tree_of(tree.value), 1); });
  return contract::read(*condition).only_values();
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_lists, contract_lists);
PRIMECLOUD_FUNCTION(primecloud_contract_facts, contract_facts);
PRIMECLOUD_FUNCTION(primecloud_contract_told, contract_told);
