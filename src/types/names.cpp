// The checks behind the domains of names.
#include "core/types/names.hpp"
#include "core/tenant/role.hpp"
#include "core/types/tax_id.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
using namespace primecloud;
using problem = std::optional<std::string_view>;

problem dns_hostname(std::string_view name) noexcept { return dns_hostname_problem(name); }
problem access_key_id(std::string_view id) noexcept { return access_key_id_problem(id); }
problem hex_color(std::string_view color) noexcept { return hex_color_problem(color); }
problem tax_id_rule(std::string_view text) noexcept { return tax_id_problem(text); }

std::optional<int16> role_rank(std::string_view name) noexcept {
  const auto known = parse_role(name);
  if (!known) return std::nullopt;
  return static_cast<int16>(*known);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_dns_hostname_problem, dns_hostname);
PRIMECLOUD_FUNCTION(primecloud_access_key_id_problem, access_key_id);
PRIMECLOUD_FUNCTION(primecloud_hex_color_problem, hex_color);
PRIMECLOUD_FUNCTION(primecloud_tax_id_problem, tax_id_rule);
PRIMECLOUD_FUNCTION(primecloud_role_rank, role_rank);
