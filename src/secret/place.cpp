#include "secret/place.hpp"

#include "secret/encoding.hpp"

namespace primecloud::secret {

std::string_view checked_part(text_argument part, const char *what, std::size_t longest) {
  if (!part) {
    const std::string_view name = what;
    const bool bound = name == "tenant" || name == "label" || name == "row id";
    ereport(
        ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", what),
        bound ? errhint("A secret is bound to tenant, label and row: name all three.") : errhint("Name the %s.", what),
        errhidestmt(true), errhidecontext(true));
  }
  const std::size_t size = to_utf8(*part).size();
  if (size == 0 || size > longest) {
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the %s has %zu bytes", what, size),
            errhint("It has 1 to %zu.", longest), errhidestmt(true), errhidecontext(true));
  }
  return *part;
}

binding binding_of(const place &where) { return {to_utf8(where.tenant), to_utf8(where.label), to_utf8(where.row_id)}; }

place checked_place(text_argument tenant, text_argument label, text_argument row_id) {
  return {checked_part(tenant, "tenant", longest_tenant), checked_part(label, "label", longest_label),
          checked_part(row_id, "row id", longest_row_id)};
}

}  // namespace primecloud::secret
