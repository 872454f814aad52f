#include "contract/catalog_tree.hpp"

extern "C" {
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace primecloud::contract {

bool widens(Oid function) noexcept {
  switch (function) {
    case F_INT4_INT2:
    case F_INT8_INT2:
    case F_INT8_INT4:
    case F_NUMERIC_INT2:
    case F_NUMERIC_INT4:
    case F_NUMERIC_INT8:
    case F_FLOAT8_INT2:
    case F_FLOAT8_INT4:
    case F_FLOAT4_INT2:
    case F_FLOAT8_FLOAT4: return true;
    default: return false;
  }
}

// (A constant that would not fit is refused where it is used.)
bool keeps_digits(Oid function) noexcept {
  switch (function) {
    case F_INT2_INT4:
    case F_INT2_INT8:
    case F_INT4_INT8:
    case F_FLOAT4_INT4:
    case F_FLOAT4_INT8:
    case F_FLOAT8_INT8:
    case F_FLOAT4_NUMERIC:
    case F_FLOAT8_NUMERIC:
    case F_NUMERIC_FLOAT4:
    case F_NUMERIC_FLOAT8: return true;
    default: return widens(function);
  }
}

SERVER_CODE number_kind kind_of_number(Oid type) {
  switch (getBaseType(type)) {
    case INT2OID:
    case INT4OID:
    case INT8OID: return number_kind::whole;
    case NUMERICOID: return number_kind::exact;
    case FLOAT4OID: return number_kind::single;
    case FLOAT8OID: return number_kind::twofold;
    default: return number_kind::none;
  }
}

SERVER_CODE bool is_text_like(Oid type) {
  if (!OidIsValid(type)) return false;  // of what is no column
  const Oid base = getBaseType(type);
  return base == TEXTOID || base == VARCHAROID || base == NAMEOID;
}

namespace {

// A change of the type's name alone: to the type below a domain, and between text and varchar.
SERVER_CODE bool passes(Oid from, Oid to) {
  return getBaseType(from) == getBaseType(to) || (is_text_like(from) && is_text_like(to));
}

SERVER_CODE read_column below_cast(Node *arg, Oid to, int value_number) {
  const read_column found = column_of(arg, value_number);
  return found.number != 0 && passes(found.type, to) ? found : read_column{};
}

}  // namespace

SERVER_CODE read_column column_of(Node *tree, int value_number) {
  check_stack_depth();
  switch (nodeTag(tree)) {
    case T_Var: {
      const auto *column = reinterpret_cast<Var *>(tree);
      if (column->varattno <= 0 || column->varlevelsup != 0) return {};
      return {column->varattno, getBaseType(column->vartype)};
    }
    case T_CoerceToDomainValue:
      return {value_number, getBaseType(reinterpret_cast<CoerceToDomainValue *>(tree)->typeId)};
    case T_CoerceToDomain: {
      auto *cast = reinterpret_cast<CoerceToDomain *>(tree);
      return below_cast(reinterpret_cast<Node *>(cast->arg), cast->resulttype, value_number);
    }
    case T_RelabelType: {
      auto *cast = reinterpret_cast<RelabelType *>(tree);
      return below_cast(reinterpret_cast<Node *>(cast->arg), cast->resulttype, value_number);
    }
    case T_CoerceViaIO: {
      auto *cast = reinterpret_cast<CoerceViaIO *>(tree);
      read_column found = column_of(reinterpret_cast<Node *>(cast->arg), value_number);
      if (found.number == 0 || !type_is_enum(found.type) || !is_text_like(cast->resulttype)) return {};
      found.by_label = true;
      return found;
    }
    case T_FuncExpr: {
      auto *call = reinterpret_cast<FuncExpr *>(tree);
      if (!widens(call->funcid)) return {};
      return column_of(static_cast<Node *>(list_nth(call->args, 0)), value_number);
    }
    default: return {};
  }
}

}  // namespace primecloud::contract
