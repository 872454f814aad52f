#include "contract/catalog_tree.hpp"

extern "C" {
#include "catalog/pg_collation.h"
#include "common/shortest_dec.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace primecloud::contract {
namespace {

SERVER_CODE constant constant_of(Oid declared, Datum value) {
  const Oid type = getBaseType(declared);
  if (type == BOOLOID) return {constant::kind::truth, DatumGetBool(value) ? "true" : "false"};
  // (Digits in the form that no setting changes.)
  if (type == FLOAT8OID) return {constant::kind::number, double_to_shortest_decimal(DatumGetFloat8(value))};
  if (type == FLOAT4OID) return {constant::kind::number, float_to_shortest_decimal(DatumGetFloat4(value))};
  Oid output;
  bool is_varlena;
  getTypeOutputInfo(type, &output, &is_varlena);
  const char *text = OidOutputFunctionCall(output, value);
  return {kind_of_number(type) == number_kind::none ? constant::kind::text : constant::kind::number, text};
}

// Types whose output is the server's own and reads no setting.
SERVER_CODE bool can_be_told(Oid declared) {
  const Oid type = getBaseType(declared);
  return kind_of_number(type) != number_kind::none || is_text_like(type) || type == BPCHAROID || type == BOOLOID ||
         type == UUIDOID || type == CHAROID || type_is_enum(type);
}

SERVER_CODE constants one(const constant &value) {
  auto *kept = static_cast<constant *>(palloc(sizeof(constant)));
  *kept = value;
  return {kept, 1};
}

SERVER_CODE constants elements_of(const Const *array) {
  const Oid element = get_element_type(getBaseType(array->consttype));
  if (array->constisnull || !OidIsValid(element) || !can_be_told(element)) return {};
  if (ARR_NDIM(DatumGetArrayTypeP(array->constvalue)) > 1) return {};
  int16 length;
  bool by_value;
  char align;
  get_typlenbyvalalign(element, &length, &by_value, &align);
  Datum *values;
  bool *nulls;
  int count;
  deconstruct_array(DatumGetArrayTypeP(array->constvalue), element, length, by_value, align, &values, &nulls, &count);
  auto *all = static_cast<constant *>(palloc(sizeof(constant) * static_cast<size_t>(count + 1)));
  for (int i = 0; i < count; i++) all[i] = nulls[i] ? constant{} : constant_of(element, values[i]);
  return {all, count};
}

bool is_modifying(Oid function) noexcept {
  return function == F_NUMERIC_NUMERIC_INT4 || function == F_VARCHAR_VARCHAR_INT4_BOOL ||
         function == F_BPCHAR_BPCHAR_INT4_BOOL;
}

// Whether a cast to a length or a scale leaves the constant as it is.
SERVER_CODE bool fits(const FuncExpr *call, const constant &value) {
  const auto *modifier = static_cast<Node *>(list_nth(call->args, 1));
  if (!IsA(modifier, Const) || reinterpret_cast<const Const *>(modifier)->constisnull) return false;
  const int room = DatumGetInt32(reinterpret_cast<const Const *>(modifier)->constvalue) - VARHDRSZ;
  if (value.is != constant::kind::number) return static_cast<int>(value.text.size()) <= room;
  const std::size_t point = value.text.find('.');
  const int scale = ((room & 2047) ^ 1024) - 1024;
  return point == std::string_view::npos || static_cast<int>(value.text.size() - point - 1) <= scale;
}

// A cast of each element that changes nothing but its type.
bool is_plain_cast(Node *each) {
  if (IsA(each, RelabelType)) each = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(each)->arg);
  if (IsA(each, FuncExpr) && keeps_digits(reinterpret_cast<FuncExpr *>(each)->funcid))
    each = static_cast<Node *>(list_nth(reinterpret_cast<FuncExpr *>(each)->args, 0));
  return IsA(each, CaseTestExpr);
}

}  // namespace

SERVER_CODE constants read_constant(Node *tree) {
  check_stack_depth();
  switch (nodeTag(tree)) {
    case T_Const: {
      const auto *value = reinterpret_cast<Const *>(tree);
      if (value->constisnull) return one({});
      return can_be_told(value->consttype) ? one(constant_of(value->consttype, value->constvalue)) : constants{};
    }
    case T_RelabelType: {
      auto *cast = reinterpret_cast<RelabelType *>(tree);
      return can_be_told(cast->resulttype) ? read_constant(reinterpret_cast<Node *>(cast->arg)) : constants{};
    }
    case T_CoerceToDomain:
      return read_constant(reinterpret_cast<Node *>(reinterpret_cast<CoerceToDomain *>(tree)->arg));
    case T_CollateExpr: return read_constant(reinterpret_cast<Node *>(reinterpret_cast<CollateExpr *>(tree)->arg));
    case T_FuncExpr: {
      auto *call = reinterpret_cast<FuncExpr *>(tree);
      if (!keeps_digits(call->funcid) && !is_modifying(call->funcid)) return {};
      const constants below = read_constant(static_cast<Node *>(list_nth(call->args, 0)));
      if (below.count != 1 || below.all[0].is == constant::kind::null || !is_modifying(call->funcid)) return below;
      return fits(call, below.all[0]) ? below : constants{};
    }
    default: return {};
  }
}

SERVER_CODE constants read_constant_array(Node *tree) {
  check_stack_depth();
  switch (nodeTag(tree)) {
    case T_Const: return elements_of(reinterpret_cast<Const *>(tree));
    case T_RelabelType:
      return read_constant_array(reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(tree)->arg));
    case T_ArrayCoerceExpr: {
      auto *cast = reinterpret_cast<ArrayCoerceExpr *>(tree);
      return is_plain_cast(reinterpret_cast<Node *>(cast->elemexpr))
                 ? read_constant_array(reinterpret_cast<Node *>(cast->arg))
                 : constants{};
    }
    case T_ArrayExpr: break;
    default: return {};
  }
  const auto *array = reinterpret_cast<ArrayExpr *>(tree);
  if (array->multidims) return {};
  auto *all = static_cast<constant *>(palloc(sizeof(constant) * static_cast<size_t>(list_length(array->elements) + 1)));
  int count = 0;
  const ListCell *cell;
  foreach (cell, array->elements) {
    const constants element = read_constant(static_cast<Node *>(lfirst(cell)));
    if (element.count < 0) return {};
    all[count++] = element.all[0];
  }
  return {all, count};
}

}  // namespace primecloud::contract
