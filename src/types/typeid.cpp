// typeid_encode, typeid_decode, typeid_prefix, typeid_problem.
#include "core/types/typeid.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
using namespace primecloud;

result<std::string> typeid_encode(std::string_view prefix, uuid id) { return make_typeid(prefix, id); }

result<uuid> typeid_decode(std::string_view text, std::string_view prefix) {
  const auto parts = split_typeid(text);
  if (!parts) return parts.reason();
  if ((*parts).prefix == prefix) return (*parts).id;
  return error(invalid_value,
               "TypeID \"" + std::string(text) + "\" does not identify a \"" + std::string(prefix) + "\"")
      .with_detail("Its prefix is \"" + std::string((*parts).prefix) + "\".");
}

result<std::string> typeid_prefix(std::string_view text) {
  const auto parts = split_typeid(text);
  if (!parts) return parts.reason();
  return std::string((*parts).prefix);
}

std::optional<std::string> typeid_problem(std::string_view text) {
  const auto parts = split_typeid(text);
  if (parts) return std::nullopt;
  return parts.reason().detail;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_typeid_encode, typeid_encode);
PRIMECLOUD_FUNCTION(primecloud_typeid_decode, typeid_decode);
PRIMECLOUD_FUNCTION(primecloud_typeid_prefix, typeid_prefix);
PRIMECLOUD_FUNCTION(primecloud_typeid_problem, typeid_problem);
