#include "json/leaf.hpp"

#include "core/json/forms.hpp"
#include "core/json/text.hpp"
#include "json/settled.hpp"
#include "pg/string_info.hpp"
#include "pg/varlena.hpp"

extern "C" {
#include "utils/datetime.h"
#include "utils/json.h"
}

namespace primecloud::json {

SERVER_CODE void append(StringInfo out, std::string_view text) {
  appendBinaryStringInfo(out, text.data(), static_cast<int>(text.size()));
}
SERVER_CODE void append_string(StringInfo out, std::string_view text) { write_json_string(text, pg::into(out)); }

SERVER_CODE void write_time(Oid type, Datum value, StringInfo out) {
  char shown[MAXDATELEN + 1], text[MAXDATELEN + 4];
  const int utc = 0;
  JsonEncodeDateTime(shown, value, type, type == TIMESTAMPTZOID ? &utc : nullptr);
  append_string(out, {text, iso_time(shown, text)});
}

SERVER_CODE void write_money(Datum value, StringInfo out) {
  char text[longest_money];
  append_string(out, {text, money_text(DatumGetInt64(value), text)});
}

// A cast takes the type's modifier and whether it is explicit too, if its function has room for them, and may say NULL.
SERVER_CODE void write_cast(FmgrInfo *cast, Datum value, StringInfo out) {
  LOCAL_FCINFO(call, 3);
  InitFunctionCallInfoData(*call, cast, cast->fn_nargs, InvalidOid, nullptr, nullptr);
  call->args[0] = {value, false};
  call->args[1] = {Int32GetDatum(-1), false};
  call->args[2] = {BoolGetDatum(true), false};
  const Datum made = FunctionCallInvoke(call);
  append(out, call->isnull ? "null" : pg::text_in(made));
}

// Names of the catalog, with their schema.  (No function of anybody's runs with this search path.)
SERVER_CODE static const char *output_of_name(const shape &as, Datum value) {
  int nest = 0;
  settle(visible_names, nest);
  const char *text = OutputFunctionCall(as.write, value);
  settled_no_more(nest);
  return text;
}

SERVER_CODE const char *output(memory &site, const shape &as, Datum value) {
  if (as.settings == visible_names) return output_of_name(as, value);
  if (as.settings != no_setting) settle(as.settings, site.nest);
  return OutputFunctionCall(as.write, value);
}

}  // namespace primecloud::json
