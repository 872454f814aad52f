// read_note(comment): what a note of protection says, and null for whatever else a comment may be.  Anybody
// may write such a comment on a table of his, by way of a restore past the guard that looks at it too, and
// everybody's commands read it: no text may raise an error here, nor take long.
#include "pg/c_string.hpp"
#include "pg/postgres.hpp"
#include "pg/server_code.hpp"
#include "pg/varlena.hpp"

extern "C" {
#include "access/detoast.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
}

#include <string_view>

namespace {

// Twice what 3000 tables with names of 63 bytes take, each named twice.
constexpr Size most_bytes = 1024 * 1024;
// The names of tables, in a list, of a schema, among the schemas.
constexpr int most_depth = 4;
constexpr std::string_view prefix = "primecloud: ";

// JSON as the server writes it of what notes hold: names, whole numbers and words.
class reader {
 public:
  explicit reader(std::string_view text) noexcept : left{text} {}
  bool is_note() noexcept { return object(1) && (space(), left.empty()); }

 private:
  std::string_view left;

  void space() noexcept {
    while (!left.empty() && std::string_view{" \t\n\r"}.find(left.front()) != left.npos) left.remove_prefix(1);
  }
  bool take(std::string_view wanted) noexcept {
    space();
    if (left.substr(0, wanted.size()) != wanted) return false;
    left.remove_prefix(wanted.size());
    return true;
  }
  // A control character is all that is written by its number: \u0001 to \u001f.
  bool escape() noexcept {
    const size_t length = left.size() > 1 && left[1] == 'u' ? 6 : 2;
    if (left.size() < length) return false;
    const std::string_view code = left.substr(1, length - 1);
    left.remove_prefix(length);
    if (length == 2) return std::string_view{"\"\\/bfnrt"}.find(code[0]) != code.npos;
    return code.substr(0, 3) == "u00" && (code[3] == '0' || code[3] == '1') &&
           std::string_view{"0123456789abcdef"}.find(code[4]) != code.npos && code != "u0000";
  }
  bool string() noexcept {
    if (!take("\"")) return false;
    while (!left.empty() && left.front() != '"') {
      if (left.front() == '\\') {
        if (!escape()) return false;
        continue;
      }
      if (static_cast<unsigned char>(left.front()) < ' ') return false;
      left.remove_prefix(1);
    }
    return take("\"");
  }
  bool number() noexcept {
    size_t digits = 0;
    while (digits < left.size() && left[digits] >= '0' && left[digits] <= '9') digits++;
    if (digits == 0 || digits > 10 || (digits > 1 && left.front() == '0')) return false;
    left.remove_prefix(digits);
    return true;
  }
  bool list(int depth) noexcept {
    if (depth > most_depth || !take("[")) return false;
    if (take("]")) return true;
    do {
      if (!value(depth + 1)) return false;
    } while (take(","));
    return take("]");
  }
  bool object(int depth) noexcept {
    if (depth > most_depth || !take("{")) return false;
    if (take("}")) return true;
    do {
      if (!string() || !take(":") || !value(depth + 1)) return false;
    } while (take(","));
    return take("}");
  }
  bool value(int depth) noexcept {
    space();
    switch (left.empty() ? '\0' : left.front()) {
      case '"': return string();
      case '[': return list(depth);
      case '{': return object(depth);
      case 't': return take("true");
      case 'f': return take("false");
      case 'n': return take("null");
      default: return number();
    }
  }
};
}  // namespace

extern "C" {
PGDLLEXPORT Datum primecloud_read_note(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_read_note);
SERVER_CODE Datum primecloud_read_note(PG_FUNCTION_ARGS) {
  // (Of a long one no more than its length is read.)
  if (toast_raw_datum_size(PG_GETARG_DATUM(0)) - VARHDRSZ > most_bytes) PG_RETURN_NULL();
  std::string_view note = primecloud::pg::text_in(PG_GETARG_DATUM(0));
  if (note.substr(0, prefix.size()) != prefix) PG_RETURN_NULL();
  note.remove_prefix(prefix.size());
  if (!reader{note}.is_note()) PG_RETURN_NULL();
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(primecloud::pg::c_string(note)));
}
}
