#include "secret/column_text.hpp"

#include "secret/sealed_scan.hpp"

extern "C" {
#include "access/transam.h"
#include "parser/parse_coerce.h"
}

namespace primecloud::secret {

column_text find_column_text(Relation table, const char *name) {
  column_text found;
  found.number = column_number(table, name);
  const Oid type = getBaseType(TupleDescAttr(RelationGetDescr(table), found.number - 1)->atttypid);
  if (type == TEXTOID) return found;
  Oid function = InvalidOid;
  bool varies;
  switch (find_coercion_pathway(TEXTOID, type, COERCION_EXPLICIT, &function)) {
    case COERCION_PATH_RELABELTYPE: return found;
    case COERCION_PATH_COERCEVIAIO:
      getTypeOutputInfo(type, &function, &varies);
      found.how = column_text::output;
      fmgr_info(function, &found.function);
      return found;
    case COERCION_PATH_FUNC:
      if (function < FirstNormalObjectId) {
        found.how = column_text::cast;
        fmgr_info(function, &found.function);
        return found;
      }
      break;
    default: break;
  }
  ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
          errmsg("column \"%s\" of type %s has no text of the server's own", name, format_type_be(type)),
          errhint("An id or a tenant is an integer, a uuid or text."));
  pg_unreachable();
}

std::string_view text_of_column(column_text &column, TupleTableSlot *slot, bool *null) {
  Datum value = slot_getattr(slot, column.number, null);
  if (*null) return {};
  if (column.how == column_text::output) return OutputFunctionCall(&column.function, value);
  if (column.how == column_text::cast) value = FunctionCall1(&column.function, value);
  return pg::text_in(value);
}

}  // namespace primecloud::secret
