#include "contract/catalog_tree.hpp"

extern "C" {
#include "access/stratnum.h"
#include "catalog/pg_opfamily_d.h"
#include "utils/lsyscache.h"
}

namespace primecloud::contract {
namespace {

using sign = term::sign;

// (Families that the server's headers have no name for.)
constexpr Oid float_family = 1970, numeric_family = 1988, enum_family = 3522, uuid_family = 2968, char_family = 429;

SERVER_CODE int strategy(Oid op, std::initializer_list<Oid> families) {
  for (const Oid family : families) {
    const int found = get_op_opfamily_strategy(op, family);
    if (found != 0) return found;
  }
  return 0;
}

}  // namespace

// What the server's own operators compare: numbers by their size, other values as equal or not.  Where a collation
// calls texts equal that are not the same, nothing is known of the text.
SERVER_CODE comparison compares(Oid op, Oid collation) {
  if (op >= FirstUnpinnedObjectId) return {};
  const int order = strategy(op, {INTEGER_BTREE_FAM_OID, float_family, numeric_family});
  constexpr sign signs[] = {sign::less, sign::at_most, sign::equal, sign::at_least, sign::greater};
  if (order != 0) return {true, true, signs[order - 1]};
  if (OidIsValid(collation) && !get_collation_isdeterministic(collation)) return {};
  const auto equates = [](Oid of) {
    return strategy(of, {TEXT_BTREE_FAM_OID, BPCHAR_BTREE_FAM_OID, BOOL_BTREE_FAM_OID, enum_family, uuid_family,
                         char_family}) == BTEqualStrategyNumber;
  };
  if (equates(op)) return {true, false, sign::equal};
  const Oid negator = get_negator(op);
  if (OidIsValid(negator) && get_op_opfamily_strategy(negator, TEXT_BTREE_FAM_OID) == BTEqualStrategyNumber)
    return {true, false, sign::unequal};
  return {};
}

}  // namespace primecloud::contract
