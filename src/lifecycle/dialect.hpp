// A dialect as a caller names it.
#pragma once

#include "core/lifecycle/problem.hpp"
#include "core/lifecycle/record.hpp"

namespace primecloud::lifecycle {

inline dialect dialect_named(std::string_view name, const char *hint = "The dialects are minio and aws.") {
  if (const auto found = find_dialect(name)) return *found;
  throw error(invalid_value, "unknown dialect \"" + std::string(name) + "\"").with_hint(hint);
}

// The one that decides: the one asked for, or with "kept" the one that the configuration
// was written for, which is MinIO's if it does not say.
inline dialect deciding(const record_view &config, std::string_view name) {
  if (name == "kept") return config.written_dialect().value_or(dialect::minio);
  return dialect_named(name, "The dialects are minio and aws; kept is the one that the configuration was written for.");
}

}  // namespace primecloud::lifecycle
