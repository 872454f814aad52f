#include "core/types/size_units.hpp"

#include "core/ascii.hpp"

namespace primecloud {
namespace {
constexpr std::string_view steps = "kmgtpe";
constexpr std::string_view names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

bool same(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); i++) {
    if (to_lower(a[i]) != b[i]) return false;
  }
  return true;
}

// 1 for kilo to 6 for exa; 0 for any other letter.
int step_of(char c) noexcept {
  const auto at = steps.find(c);
  return at == steps.npos ? 0 : static_cast<int>(at) + 1;
}

std::optional<size_unit> exact_name(std::string_view name) noexcept {
  for (int step = 0; step <= 6; step++) {
    if (name == names[step]) return size_unit{10 * step, 0};
  }
  return std::nullopt;
}

// K, KB (decimal where allowed), Ki, KiB, in any case.
std::optional<size_unit> any_case(std::string_view name, bool decimal) noexcept {
  if (same(name, "b")) return size_unit{0, 0};
  const int step = step_of(to_lower(name[0]));
  if (step == 0) return std::nullopt;
  const auto rest = name.substr(1);
  if (same(rest, "i") || same(rest, "ib")) return size_unit{10 * step, 0};
  if (decimal && (rest.empty() || same(rest, "b"))) return size_unit{0, 3 * step};
  return std::nullopt;
}

std::optional<size_unit> as_pg_size_bytes(std::string_view name) noexcept {
  if (same(name, "bytes") || same(name, "b")) return size_unit{0, 0};
  const int step = step_of(to_lower(name[0]));
  if (step == 0 || step > 5 || !same(name.substr(1), "b")) return std::nullopt;
  return size_unit{10 * step, 0};
}

std::optional<size_unit> as_kubernetes(std::string_view name) noexcept {
  const char c = name[0];
  if (name.size() == 2 && name[1] == 'i' && is_upper(c)) {
    const int step = step_of(to_lower(c));
    return step > 0 ? std::optional(size_unit{10 * step, 0}) : std::nullopt;
  }
  if (name.size() != 1) return std::nullopt;
  switch (c) {
    case 'n': return size_unit{0, -9};
    case 'u': return size_unit{0, -6};
    case 'm': return size_unit{0, -3};
    case 'k': return size_unit{0, 3};
  }
  const int step = is_upper(c) ? step_of(to_lower(c)) : 0;
  return step > 1 ? std::optional(size_unit{0, 3 * step}) : std::nullopt;
}
}  // namespace

std::optional<size_unit> find_unit(std::string_view name, size_convention convention) noexcept {
  if (name.empty()) return size_unit{0, 0};
  switch (convention) {
    case size_convention::strict: return exact_name(name);
    case size_convention::iec: return any_case(name, false);
    case size_convention::si: return any_case(name, true);
    case size_convention::pg: return as_pg_size_bytes(name);
    case size_convention::k8s: return as_kubernetes(name);
  }
  return std::nullopt;
}

std::string_view unit_name(int step) noexcept { return names[step]; }

}  // namespace primecloud
