// The physical name of a tenant's bucket on a server that tenants share.
#include <algorithm>

#include "core/ascii.hpp"
#include "core/types/bucket_name.hpp"
#include "core/types/typeid.hpp"

namespace primecloud {
namespace {
constexpr std::size_t longest_physical = 63;
constexpr std::size_t longest_label = 20;  // a bigint fits; shorter than the 26 digits of a uuid

constexpr bool is_of_label(char c) noexcept { return is_lower(c) || is_digit(c); }

std::optional<std::string> tenant_label(std::string_view tenant) {
  if (const auto id = parse_uuid(tenant)) return uuid_base32(*id);
  if (tenant.empty() || tenant.size() > longest_label) return std::nullopt;
  if (!std::all_of(tenant.begin(), tenant.end(), is_of_label)) return std::nullopt;
  return std::string(tenant);
}
}  // namespace

result<std::string> bucket_physical_name(std::string_view tenant, std::string_view name) {
  if (const auto problem = bucket_name_problem(name)) {
    return error(invalid_value, "invalid bucket name \"" + std::string(name) + "\"")
        .with_detail("The name " + std::string(*problem) + ".");
  }
  const auto label = tenant_label(tenant);
  if (!label) {
    return error(invalid_value, "tenant \"" + std::string(tenant) + "\" cannot be part of a bucket name")
        .with_hint("Use a uuid in lower case, a number, or up to 20 lower-case letters and digits.");
  }
  auto physical = *label + "-" + std::string(name);
  if (physical.size() > longest_physical) {
    return error(invalid_value, "bucket name \"" + std::string(name) + "\" is too long")
        .with_detail("With the tenant's label it has " + std::to_string(physical.size()) +
                     " characters; 63 is the limit.")
        .with_hint("Choose a name of at most " + std::to_string(longest_physical - label->size() - 1) + " characters.");
  }
  for (const auto provider : {bucket_provider::aws, bucket_provider::minio}) {
    if (!bucket_name_is_reserved(physical, provider)) continue;
    return error(invalid_value, "bucket name \"" + std::string(name) + "\" is reserved")
        .with_detail("Its physical name would be \"" + physical + "\".")
        .with_hint("Choose another name.");
  }
  return physical;
}

}  // namespace primecloud
