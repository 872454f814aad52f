// The roles inside an account, in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace primecloud {

// A greater role may do all that a lesser one may.
enum class role : std::uint8_t { external_client = 1, developer = 2, admin = 3, owner = 4 };

constexpr std::optional<role> parse_role(std::string_view name) noexcept {
  if (name == "external_client") return role::external_client;
  if (name == "developer") return role::developer;
  if (name == "admin") return role::admin;
  if (name == "owner") return role::owner;
  return std::nullopt;
}

constexpr std::string_view role_name(role r) noexcept {
  switch (r) {
    case role::external_client: return "external_client";
    case role::developer: return "developer";
    case role::admin: return "admin";
    case role::owner: return "owner";
  }
  return "";
}

// A confined role reaches only the objects granted to its user by name.
constexpr bool is_confined(role r) noexcept { return r == role::external_client; }

}  // namespace primecloud
