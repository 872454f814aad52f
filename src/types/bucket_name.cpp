// Names of buckets: their rules, what is reserved, and the names of accounts' buckets in the storage.
#include "core/types/bucket_name.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
using namespace primecloud;
using problem = std::optional<std::string_view>;

problem bucket_name(std::string_view name) noexcept { return bucket_name_problem(name); }

problem bucket_name_by(std::string_view name, std::string_view rules) {
  const auto known = parse_bucket_rules(rules);
  if (!known) {
    throw error(invalid_value, "unknown bucket name rules: \"" + std::string(rules) + "\"")
        .with_hint("Use minio_strict, minio_legacy, aws or aws_legacy_us_east_1.");
  }
  return bucket_name_problem(name, *known);
}

bool is_reserved(std::string_view name, std::string_view provider) {
  const auto known = parse_bucket_provider(provider);
  if (!known) {
    throw error(invalid_value, "unknown bucket provider: \"" + std::string(provider) + "\"")
        .with_hint("Use aws or minio.");
  }
  return bucket_name_is_reserved(name, *known);
}

result<std::string> physical_name(std::string_view tenant, std::string_view name) {
  return bucket_physical_name(tenant, name);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_bucket_name_problem, bucket_name);
PRIMECLOUD_FUNCTION(primecloud_bucket_name_problem_by, bucket_name_by);
PRIMECLOUD_FUNCTION(primecloud_bucket_name_is_reserved, is_reserved);
PRIMECLOUD_FUNCTION(primecloud_bucket_physical_name, physical_name);
