// Whose rules decide where MinIO and AWS differ, and what AWS lets a configuration say
// of small objects.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace primecloud::lifecycle {

enum class dialect : std::uint8_t { minio = 1, aws = 2 };

constexpr std::string_view name_of(dialect d) noexcept { return d == dialect::aws ? "aws" : "minio"; }
constexpr std::optional<dialect> find_dialect(std::string_view name) noexcept {
  if (name == "minio") return dialect::minio;
  if (name == "aws") return dialect::aws;
  return std::nullopt;
}

// TransitionDefaultMinimumObjectSize: which transitions leave objects of less than 128 KB
// where they are, unless the rule itself asks for a size.
enum class minimum_size : std::uint8_t { all_storage_classes_128k = 1, varies_by_storage_class = 2 };

constexpr std::string_view name_of(minimum_size m) noexcept {
  return m == minimum_size::all_storage_classes_128k ? "all_storage_classes_128K" : "varies_by_storage_class";
}
constexpr std::optional<minimum_size> find_minimum_size(std::string_view name) noexcept {
  for (const auto m : {minimum_size::all_storage_classes_128k, minimum_size::varies_by_storage_class}) {
    if (name == name_of(m)) return m;
  }
  return std::nullopt;
}

}  // namespace primecloud::lifecycle
