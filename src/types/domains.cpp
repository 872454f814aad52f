// The checks behind the domains, and what goes with bucket names.
#include "core/tenant/role.hpp"
#include "core/types/bucket_name.hpp"
#include "core/types/names.hpp"
#include "core/types/tax_id.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
using namespace primecloud;
using problem = std::optional<std::string_view>;

problem bucket_name(std::string_view name) noexcept { return bucket_name_problem(name); }
problem dns_hostname(std::string_view name) noexcept { return dns_hostname_problem(name); }
problem access_key_id(std::string_view id) noexcept { return access_key_id_problem(id); }
problem hex_color(std::string_view color) noexcept { return hex_color_problem(color); }
problem tax_id_rule(std::string_view text) noexcept { return tax_id_problem(text); }

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

std::optional<int16> role_rank(std::string_view name) noexcept {
  const auto known = parse_role(name);
  if (!known) return std::nullopt;
  return static_cast<int16>(*known);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_bucket_name_problem, bucket_name);
PRIMECLOUD_FUNCTION(primecloud_bucket_name_problem_by, bucket_name_by);
PRIMECLOUD_FUNCTION(primecloud_bucket_name_is_reserved, is_reserved);
PRIMECLOUD_FUNCTION(primecloud_bucket_physical_name, physical_name);
PRIMECLOUD_FUNCTION(primecloud_dns_hostname_problem, dns_hostname);
PRIMECLOUD_FUNCTION(primecloud_access_key_id_problem, access_key_id);
PRIMECLOUD_FUNCTION(primecloud_hex_color_problem, hex_color);
PRIMECLOUD_FUNCTION(primecloud_tax_id_problem, tax_id_rule);
PRIMECLOUD_FUNCTION(primecloud_role_rank, role_rank);
