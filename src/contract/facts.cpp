// contract_facts, contract_told: what CHECKs say of columns; contract_default: what a default is.
#include "contract/catalog_tree.hpp"
#include "core/contract/check.hpp"
#include "core/json/writer.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/string_info.hpp"

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
  if (count != counted) elog(ERROR, "%d conditions, %d numbers", count, counted);
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

SERVER_CODE void write_constant(StringInfo out, const contract::constant &value) {
  const bool bare = value.is == contract::constant::kind::truth ||
                    (value.is == contract::constant::kind::number && is_json_number(value.text));
  if (bare)
    appendBinaryStringInfo(out, value.text.data(), static_cast<int>(value.text.size()));
  else
    write_json_string(value.text, pg::into(out));
}

// The constant as JSON; NULL where it is NULL, and "" where it is no constant.
SERVER_CODE std::optional<std::string_view> contract_default(owned_tree tree) {
  const contract::constants read = contract::read_constant(tree_of(tree.value));
  if (read.count < 0) return "";
  if (read.all[0].is == contract::constant::kind::null) return std::nullopt;
  StringInfoData out;
  initStringInfo(&out);
  write_constant(&out, read.all[0]);
  return std::string_view(out.data, static_cast<std::size_t>(out.len));
}

// Of a function's arguments, in order: [{"constant": ...}, {"computed": true}].
SERVER_CODE std::string_view contract_argument_defaults(owned_tree tree) {
  StringInfoData out;
  initStringInfo(&out);
  const ListCell *cell;
  foreach (cell, castNode(List, tree_of(tree.value))) {
    const contract::constants read = contract::read_constant(static_cast<Node *>(lfirst(cell)));
    appendStringInfoString(&out, out.len == 0 ? "[{" : ",{");
    if (read.count < 0) {
      appendStringInfoString(&out, "\"computed\":true}");
      continue;
    }
    appendStringInfoString(&out, "\"constant\":");
    if (read.all[0].is == contract::constant::kind::null)
      appendStringInfoString(&out, "null");
    else
      write_constant(&out, read.all[0]);
    appendStringInfoChar(&out, '}');
  }
  appendStringInfoChar(&out, ']');
  return {out.data, static_cast<std::size_t>(out.len)};
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_argument_defaults, contract_argument_defaults);
PRIMECLOUD_FUNCTION(primecloud_contract_facts, contract_facts);
PRIMECLOUD_FUNCTION(primecloud_contract_told, contract_told);
PRIMECLOUD_FUNCTION(primecloud_contract_default, contract_default);
