#include "core/types/byte_size.hpp"

#include <charconv>

#include "core/ascii.hpp"
#include "core/types/decimal.hpp"
#include "core/types/rounding.hpp"
#include "core/types/size_units.hpp"

namespace primecloud {
namespace {
constexpr std::string_view accepted =
    "Write a whole number of bytes, or a number with a unit: B, KiB, MiB, GiB, TiB, PiB or EiB.";

// Why a text is no size.  `detail` is static.
struct refusal {
  std::string_view detail;
  std::string hint;
  bool range = false;
};
struct outcome {
  std::optional<byte_size> size;
  refusal why;
};

// A number without a unit, as drivers and dumps write it.
std::optional<byte_size> plain_number(std::string_view text) noexcept {
  byte_size size;
  const char *end = text.data() + text.size();
  const auto [at, status] = std::from_chars(text.data(), end, size.bytes);
  if (status != std::errc{} || at != end) return std::nullopt;
  return size;
}

bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

refusal unknown_unit(std::string_view unit, size_convention convention) {
  const auto ambiguous = find_unit(unit, size_convention::si);
  if (convention == size_convention::strict || convention == size_convention::iec) {
    if (ambiguous && ambiguous->power > 0) {
      const std::string_view prefix = unit_name(ambiguous->power / 3);
      return {"The unit is ambiguous.", "ambiguous unit \"" + std::string(unit) + "\": write " + std::string(prefix) +
                                            " (1024^" + std::to_string(ambiguous->power / 3) +
                                            ") or call parse_size(text, 'si')"};
    }
    if (ambiguous)
      return {"The unit is not one of B, KiB, MiB, GiB, TiB, PiB, EiB.",
              "Write " + std::string(unit_name(ambiguous->binary / 10)) + "."};
  }
  return {"The unit is unknown under this convention.", {}};
}

outcome no_size(std::string_view detail, std::string hint = {}) { return {std::nullopt, {detail, std::move(hint)}}; }

outcome evaluate(std::string_view text, size_convention convention) {
  const bool kubernetes = convention == size_convention::k8s;
  if (!kubernetes) {
    if (const auto size = plain_number(text)) return {size, {}};
  }
  const bool lenient = kubernetes || convention == size_convention::pg;
  auto rest = convention == size_convention::strict || convention == size_convention::k8s ? text : trim(text);
  const auto number = read_decimal(rest, {.exponent = lenient, .bare_point = lenient});
  if (!number) return no_size("It must begin with a number of at most 64 digits.");
  if (convention == size_convention::strict) {
    if (rest.starts_with(' ') && rest.size() > 1) rest.remove_prefix(1);
  } else if (convention != size_convention::k8s) {
    rest = trim(rest);
  }
  const auto unit = find_unit(rest, convention);
  if (!unit) return {std::nullopt, unknown_unit(rest, convention)};
  const auto value =
      scale_to_integer(*number, unit->binary, unit->power, kubernetes ? fraction::away : fraction::half_away);
  if (!value) return {std::nullopt, {"Sizes go from -8 EiB to just below 8 EiB.", {}, true}};
  const bool bytes = unit->binary == 0 && unit->power == 0;
  if (!value->exact && bytes && !kubernetes && convention != size_convention::pg)
    return no_size("A size is a whole number of bytes.");
  return {byte_size{value->value}, {}};
}

error report(const refusal &why, sqlstate code, std::string message) {
  return error(code, std::move(message)).with_detail(std::string(why.detail)).with_hint(why.hint);
}
}  // namespace

std::optional<size_convention> parse_size_convention(std::string_view name) noexcept {
  if (name == "strict") return size_convention::strict;
  if (name == "iec") return size_convention::iec;
  if (name == "si") return size_convention::si;
  if (name == "pg") return size_convention::pg;
  if (name == "k8s") return size_convention::k8s;
  return std::nullopt;
}

result<byte_size> parse_byte_size(std::string_view text) {
  if (const auto size = plain_number(text)) return *size;  // what drivers and COPY bring
  auto [size, why] = evaluate(text, size_convention::strict);
  if (size) return *size;
  if (why.range)
    return report(why, out_of_range, "value \"" + std::string(text) + "\" is out of range for type byte_size");
  if (why.hint.empty()) why.hint = accepted;
  return report(why, invalid_text, "invalid input syntax for type byte_size: \"" + std::string(text) + "\"");
}

result<byte_size> parse_size(std::string_view text, size_convention convention) {
  const auto [size, why] = evaluate(text, convention);
  if (size) return *size;
  if (why.range) return report(why, out_of_range, "size \"" + std::string(text) + "\" is out of range");
  return report(why, invalid_value, "invalid size: \"" + std::string(text) + "\"");
}

std::optional<byte_size> add(byte_size a, byte_size b) noexcept {
  byte_size sum;
  if (__builtin_add_overflow(a.bytes, b.bytes, &sum.bytes)) return std::nullopt;
  return sum;
}

std::optional<byte_size> subtract(byte_size a, byte_size b) noexcept {
  byte_size difference;
  if (__builtin_sub_overflow(a.bytes, b.bytes, &difference.bytes)) return std::nullopt;
  return difference;
}

std::optional<byte_size> multiply(byte_size a, std::int64_t factor) noexcept {
  byte_size product;
  if (__builtin_mul_overflow(a.bytes, factor, &product.bytes)) return std::nullopt;
  return product;
}

std::optional<byte_size> divide(byte_size a, std::int64_t divisor) noexcept {
  const auto quotient = divide_half_away(a.bytes, divisor);
  if (!quotient) return std::nullopt;
  return byte_size{*quotient};
}

}  // namespace primecloud
