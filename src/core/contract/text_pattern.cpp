#include "core/contract/text_pattern.hpp"

namespace primecloud::contract {

// Years before Christ and beyond 9999 come signed with six digits; what was stored by older
// versions and passed on as text has BC behind it, so both are taken.
std::string_view text_pattern(const value_type &type) {
  if (type.is_own("money_amount")) return "^-?[0-9]+(?:\\.[0-9]+)? [A-Z]{3}$";
  if (!type.of.empty()) return {};
  const std::string_view name = type.type;
  if (name == "uuid") return "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
  if (name == "bytea") return "^\\\\x(?:[0-9a-f]{2})*$";
  if (name == "date") return "^(?:-?infinity|[+-]?[0-9]{4,7}-[0-9]{2}-[0-9]{2}(?: BC)?)$";
  if (name == "timestamp")
    return "^(?:-?infinity|[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?(?: BC)?)$";
  if (name == "timestamptz")
    return "^(?:-?infinity|[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?"
           "(?:Z|[+-][0-9]{2}:[0-9]{2})(?: BC)?)$";
  return {};
}

}  // namespace primecloud::contract
