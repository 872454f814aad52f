// seal_or_keep: for a column of mixed content, where some values were sealed already.
#include "secret/seal_or_keep.hpp"

#include "pg/c_string.hpp"
#include "pg/function.hpp"
#include "secret/decrypt.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "utils/lsyscache.h"
}

namespace primecloud::secret {

sealed_value seal_or_keep(std::string_view value, const place &where) {
  if (!is_envelope_text(value)) {
    check_plaintext(value);
    return seal_text(value, where);
  }
  Oid input, parameter;
  getTypeInputInfo(sealed_type(), &input, &parameter);
  auto *kept = reinterpret_cast<varlena *>(
      DatumGetPointer(OidInputFunctionCall(input, const_cast<char *>(pg::c_string(value)), parameter, -1)));
  // (Raises PC003 and PC004 by itself: what no key opens is not sealed, it is lost.)
  if (!opens(pg::bytes_in(kept), where)) {
    ereport(ERROR, errcode(MAKE_SQLSTATE('P', 'C', '0', '0', '5')),
            errmsg("the value of row \"%.*s\" is an envelope that does not open there",
                   static_cast<int>(where.row_id.size()), where.row_id.data()),
            errhint("It was sealed for another place, or copied from one: put the secret itself there, or NULL."),
            errhidestmt(true), errhidecontext(true));
  }
  return {kept};
}

}  // namespace primecloud::secret

namespace {
using namespace primecloud;
using secret::text_argument;

SERVER_CODE std::optional<secret::sealed_value> seal_or_keep(text_argument value, text_argument tenant,
                                                             text_argument label, text_argument row_id) {
  if (!value) return std::nullopt;
  if (!tenant && row_id) {
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
            errmsg("the tenant of row \"%.*s\" is NULL", static_cast<int>(row_id->size()), row_id->data()),
            errhint("A secret is bound to its tenant: say whose the row is, or empty it."), errhidestmt(true),
            errhidecontext(true));
  }
  return secret::seal_or_keep(*value, secret::checked_place(tenant, label, row_id));
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_seal_or_keep, seal_or_keep);
