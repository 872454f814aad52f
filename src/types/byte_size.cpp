// byte_size: input, output, arithmetic.  Comparison, hashing and sorting are int8's own.
#include "core/types/byte_size.hpp"

#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/numeric.hpp"
#include "pg/server_function.hpp"
#include "pg/startup.hpp"
#include "types/datum.hpp"

namespace {
using namespace primecloud;

enum : int { output_bytes, output_iec };
constexpr config_enum_entry output_forms[] = {
    {"bytes", output_bytes, false}, {"iec", output_iec, false}, {nullptr, 0, false}};
int output_form = output_bytes;

SERVER_CODE void define_settings() {
  DefineCustomEnumVariable("primecloud.byte_size_output", "How byte_size values are written.",
                           "\"bytes\" writes the number of bytes, \"iec\" the greatest unit that divides it exactly. "
                           "Both read back as the same value.",
                           &output_form, output_bytes, output_forms, PGC_USERSET, 0, nullptr, nullptr, nullptr);
}
const pg::startup settings{define_settings};

[[gnu::cold, noreturn]] SERVER_CODE void out_of_range_error() {
  pg::raise(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "byte_size out of range");
}
[[gnu::cold, noreturn]] SERVER_CODE void division_by_zero() { pg::raise(ERRCODE_DIVISION_BY_ZERO, "division by zero"); }

SERVER_CODE byte_size checked(std::optional<byte_size> size) {
  if (!size) out_of_range_error();
  return *size;
}

result<byte_size> input(const char *text) { return parse_byte_size(text); }
// Written where it stays: a copy of bytes that were only just written would wait for them.
SERVER_CODE const char *output(byte_size size) noexcept {
  if (output_form == output_iec) return pg::c_string(write_exact_units(size).view());
  auto *text = static_cast<char *>(palloc(21));
  *write_bytes(size, text) = '\0';
  return text;
}

size_convention convention_named(std::string_view name) {
  const auto known = parse_size_convention(name);
  if (!known) {
    throw error(invalid_value, "unknown size convention: \"" + std::string(name) + "\"")
        .with_hint("Use strict, iec, si, pg or k8s.");
  }
  return *known;
}
result<byte_size> parse(std::string_view text, std::string_view convention) {
  return parse_size(text, convention_named(convention));
}
std::string pretty(byte_size size, std::string_view convention) {
  return std::string(write_pretty(size, convention_named(convention)).view());
}

SERVER_CODE byte_size plus(byte_size a, byte_size b) noexcept { return checked(add(a, b)); }
SERVER_CODE byte_size minus(byte_size a, byte_size b) noexcept { return checked(subtract(a, b)); }
SERVER_CODE byte_size negate(byte_size a) noexcept { return checked(subtract({0}, a)); }
SERVER_CODE byte_size times(byte_size a, int64 factor) noexcept { return checked(multiply(a, factor)); }
SERVER_CODE byte_size times_left(int64 factor, byte_size a) noexcept { return checked(multiply(a, factor)); }
SERVER_CODE byte_size times_int4(byte_size a, int32 factor) noexcept { return checked(multiply(a, factor)); }
SERVER_CODE byte_size times_int4_left(int32 factor, byte_size a) noexcept { return checked(multiply(a, factor)); }
SERVER_CODE byte_size over(byte_size a, int64 divisor) noexcept {
  if (divisor == 0) division_by_zero();
  return checked(divide(a, divisor));
}
SERVER_CODE byte_size over_int4(byte_size a, int32 divisor) noexcept { return over(a, divisor); }

SERVER_CODE byte_size of(std::optional<int64> bytes) {
  if (!bytes) out_of_range_error();
  return {*bytes};
}
SERVER_CODE byte_size times_numeric(byte_size a, pg::numeric factor) noexcept {
  if (!pg::is_finite(factor.value)) out_of_range_error();
  return of(pg::round_to_int64(DirectFunctionCall2(numeric_mul, pg::to_numeric(a.bytes), factor.value)));
}
SERVER_CODE byte_size times_numeric_left(pg::numeric factor, byte_size a) noexcept { return times_numeric(a, factor); }
SERVER_CODE byte_size over_numeric(byte_size a, pg::numeric divisor) noexcept {
  if (!pg::is_finite(divisor.value)) out_of_range_error();
  if (pg::compare_numeric(divisor.value, pg::to_numeric(0)) == 0) division_by_zero();
  return of(pg::divide_by_numeric(a.bytes, divisor.value));
}
SERVER_CODE pg::numeric ratio(byte_size a, byte_size b) noexcept {
  if (b.bytes == 0) division_by_zero();
  return {DirectFunctionCall2(numeric_div, pg::to_numeric(a.bytes), pg::to_numeric(b.bytes))};
}

SERVER_CODE pg::numeric to_numeric(byte_size a) noexcept { return {pg::to_numeric(a.bytes)}; }
SERVER_CODE byte_size from_numeric(pg::numeric number) noexcept {
  if (!pg::is_finite(number.value)) out_of_range_error();
  return of(pg::round_to_int64(number.value));
}
// A number, whatever primecloud.byte_size_output says.
SERVER_CODE pg::owned_json as_json(byte_size a) noexcept {
  const auto text = write_bytes(a);
  return pg::copy_varlena(pg::octets(text.view()));
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_byte_size_in, input);
PRIMECLOUD_FUNCTION(primecloud_byte_size_out, output);
PRIMECLOUD_FUNCTION(primecloud_parse_size, parse);
PRIMECLOUD_FUNCTION(primecloud_size_pretty, pretty);
PRIMECLOUD_FUNCTION(primecloud_byte_size_add, plus);
PRIMECLOUD_FUNCTION(primecloud_byte_size_subtract, minus);
PRIMECLOUD_FUNCTION(primecloud_byte_size_negate, negate);
PRIMECLOUD_FUNCTION(primecloud_byte_size_multiply, times);
PRIMECLOUD_FUNCTION(primecloud_byte_size_multiply_left, times_left);
PRIMECLOUD_FUNCTION(primecloud_byte_size_multiply_int4, times_int4);
PRIMECLOUD_FUNCTION(primecloud_byte_size_multiply_int4_left, times_int4_left);
PRIMECLOUD_FUNCTION(primecloud_byte_size_multiply_numeric, times_numeric);
PRIMECLOUD_FUNCTION(primecloud_byte_size_multiply_numeric_left, times_numeric_left);
PRIMECLOUD_FUNCTION(primecloud_byte_size_divide, over);
PRIMECLOUD_FUNCTION(primecloud_byte_size_divide_int4, over_int4);
PRIMECLOUD_FUNCTION(primecloud_byte_size_divide_numeric, over_numeric);
PRIMECLOUD_FUNCTION(primecloud_byte_size_ratio, ratio);
PRIMECLOUD_FUNCTION(primecloud_byte_size_numeric, to_numeric);
PRIMECLOUD_FUNCTION(primecloud_numeric_byte_size, from_numeric);
PRIMECLOUD_FUNCTION(primecloud_byte_size_json, as_json);
