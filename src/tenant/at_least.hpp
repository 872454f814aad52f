// The context of a role that suffices: what every function that policies call begins with.
#pragma once

#include <optional>

#include "pg/postgres.hpp"
#include "tenant/context.hpp"

namespace primecloud::tenant {

// No tenant has been entered: raises 42501 unless primecloud.missing_context says otherwise.
[[gnu::cold]] SERVER_CODE void miss_context();
[[gnu::cold, noreturn]] SERVER_CODE void refuse_role(std::string_view name);

// The context if its role is at least `minimum`; nullptr if it is less or, where the
// setting says so, absent.
SERVER_CODE inline const context_record *at_least(std::optional<std::string_view> minimum) noexcept {
  const context_record *context = current();
  if (context == nullptr || !context->has_tenant) {
    miss_context();
    note_missing();
    return nullptr;
  }
  if (!minimum) return context;
  const auto needed = parse_role(*minimum);
  if (!needed) refuse_role(*minimum);
  return context->rank >= static_cast<std::uint8_t>(*needed) ? context : nullptr;
}

}  // namespace primecloud::tenant
