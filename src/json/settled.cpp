#include "json/settled.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "pgtime.h"
#include "utils/bytea.h"
#include "utils/float.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
}

namespace primecloud::json {
namespace {

SERVER_CODE void set(const char *name, const char *value, int &nest) {
  if (nest == 0) nest = NewGUCNestLevel();
  set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

SERVER_CODE bool is_utc() {
  long offset;
  return pg_get_timezone_offset(session_timezone, &offset) && offset == 0;
}

constexpr unsigned any_setting = interval_style | date_style | digits | bytea_form;

}  // namespace

SERVER_CODE unsigned settings_of(Oid base) {
  switch (base) {
    case INTERVALOID: return interval_style;
    case BYTEAOID: return bytea_form;
    case FLOAT4OID:
    case FLOAT8OID:
    case POINTOID:
    case LSEGOID:
    case PATHOID:
    case BOXOID:
    case POLYGONOID:
    case LINEOID:
    case CIRCLEOID: return digits;
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCLASSOID:
    case REGTYPEOID:
    case REGCONFIGOID:
    case REGDICTIONARYOID:
    case REGCOLLATIONOID: return visible_names;
  }
  const char kind = get_typtype(base);
  if (kind == TYPTYPE_RANGE || kind == TYPTYPE_MULTIRANGE) return any_setting;
  return base >= FirstNormalObjectId && kind == TYPTYPE_BASE ? any_setting : no_setting;
}

SERVER_CODE void settle(unsigned needed, int &nest) {
  if ((needed & interval_style) && IntervalStyle != INTSTYLE_POSTGRES) set("intervalstyle", "postgres", nest);
  if ((needed & date_style) && DateStyle != USE_ISO_DATES) set("datestyle", "ISO", nest);
  if ((needed & date_style) && !is_utc()) set("timezone", "UTC", nest);
  if ((needed & digits) && extra_float_digits < 1) set("extra_float_digits", "1", nest);
  if ((needed & bytea_form) && bytea_output != BYTEA_OUTPUT_HEX) set("bytea_output", "hex", nest);
  if ((needed & visible_names) && strcmp(namespace_search_path, "pg_catalog") != 0)
    set("search_path", "pg_catalog", nest);
}

SERVER_CODE void settled_no_more(int nest) {
  if (nest != 0) AtEOXact_GUC(true, nest);
}

}  // namespace primecloud::json
