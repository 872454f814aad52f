#include "secret/place.hpp"

namespace primecloud::secret {

std::string_view checked_part(text_argument part, const char *what, std::size_t longest) {
  if (!part) {
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", what), errhint("A secret is bound to tenant, label and row: name all three."),
            errhidestmt(true), errhidecontext(true));
  }
  if (part->empty() || part->size() > longest) {
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the %s has %zu bytes", what, part->size()), errhint("It has 1 to %zu.", longest),
            errhidestmt(true), errhidecontext(true));
  }
  return *part;
}

place checked_place(text_argument tenant, text_argument label, text_argument row_id) {
  return {checked_part(tenant, "tenant", longest_tenant), checked_part(label, "label", longest_label), checked_part(row_id, "row id", longest_row_id)};
}

}  // namespace primecloud::secret
