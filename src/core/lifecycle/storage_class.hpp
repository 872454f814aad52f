// The storage classes of AWS: which is cheaper, and which way objects go.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/lifecycle/dialect.hpp"

namespace primecloud::lifecycle {

// In the order in which objects may go down.
enum class storage_class : std::uint8_t {
  standard,
  standard_ia,
  intelligent_tiering,
  onezone_ia,
  glacier_ir,
  glacier,
  deep_archive,
  unknown
};

constexpr storage_class find_storage_class(std::string_view name) noexcept {
  if (name.empty() || name == "STANDARD" || name == "REDUCED_REDUNDANCY") return storage_class::standard;
  constexpr std::array<std::string_view, 6> below{"STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR",
                                                  "GLACIER",     "DEEP_ARCHIVE"};
  for (std::size_t i = 0; i < below.size(); i++) {
    if (name == below[i]) return static_cast<storage_class>(i + 1);
  }
  return storage_class::unknown;
}

// Of several transitions that are due AWS takes that into the cheapest class, and
// INTELLIGENT_TIERING before all but the two archives.  Less goes first.
constexpr int preference(storage_class to) noexcept {
  switch (to) {
    case storage_class::deep_archive: return 0;
    case storage_class::glacier: return 1;
    case storage_class::intelligent_tiering: return 2;
    case storage_class::glacier_ir: return 3;
    case storage_class::onezone_ia: return 4;
    case storage_class::standard_ia: return 5;
    default: return 6;
  }
}

// Objects only go down; and from ONEZONE_IA nothing goes to GLACIER_IR.
constexpr bool may_move(storage_class from, storage_class to) noexcept {
  if (from == storage_class::standard) return true;
  if (from == storage_class::unknown || to == storage_class::unknown) return false;
  return to > from && !(from == storage_class::onezone_ia && to == storage_class::glacier_ir);
}

inline constexpr std::int64_t small_object = 128 * 1024;  // bytes: what is less is small

constexpr bool takes_small_objects(storage_class to, minimum_size by_default) noexcept {
  return by_default == minimum_size::varies_by_storage_class &&
         (to == storage_class::glacier || to == storage_class::deep_archive);
}

}  // namespace primecloud::lifecycle
