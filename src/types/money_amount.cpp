// money_amount: input, output, arithmetic, allocate.
#include "core/types/money_amount.hpp"

#include <vector>

#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/numeric.hpp"
#include "pg/server_function.hpp"
#include "types/datum.hpp"
#include "types/money_array.hpp"

extern "C" {
#include "libpq/pqformat.h"
}

namespace {
using namespace primecloud;

result<money_amount> input(const char *text) { return parse_money(text); }
SERVER_CODE const char *output(money_amount amount) noexcept { return pg::c_string(write_money(amount).view()); }

// As strict as text input: a currency that does not exist is refused.
SERVER_CODE Datum receive(FunctionCallInfo fcinfo) noexcept {
  auto *message = reinterpret_cast<StringInfo>(DatumGetPointer(fcinfo->args[0].value));
  money_amount amount;
  amount.currency.code = static_cast<int32>(pq_getmsgint(message, 4));
  amount.minor = pq_getmsgint64(message);
  if (minor_digits(amount.currency) < 0) {
    pg::raise(ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid currency in binary input of type money_amount");
  }
  return pg::datum<money_amount>::put(amount);
}
SERVER_CODE pg::owned_bytes send_money_amount(money_amount amount) noexcept {
  StringInfoData out;
  pq_begintypsend(&out);
  pq_sendint32(&out, static_cast<uint32>(amount.currency.code));
  pq_sendint64(&out, amount.minor);
  return pq_endtypsend(&out);
}

currency_code known_currency(std::string_view letters) {
  const auto currency = spell_currency(letters);
  if (currency && minor_digits(*currency) >= 0) return *currency;
  throw error(invalid_value, "there is no currency \"" + std::string(letters) + "\"")
      .with_hint("Use a code of ISO 4217 in upper case, such as BRL.");
}
money_amount make(int64 minor, std::string_view currency) { return {known_currency(currency), minor}; }
int64 minor_of(money_amount amount) noexcept { return amount.minor; }
std::string currency_of(money_amount amount) { return amount.currency.letters(); }
int32 digits_of(std::string_view currency) { return minor_digits(known_currency(currency)); }

money_amount plus(money_amount a, money_amount b) { return add(a, b); }
money_amount minus(money_amount a, money_amount b) { return subtract(a, b); }
money_amount negate(money_amount a) { return multiply(a, -1); }
money_amount times(money_amount a, int64 factor) { return multiply(a, factor); }
money_amount times_left(int64 factor, money_amount a) { return multiply(a, factor); }
money_amount times_int4(money_amount a, int32 factor) { return multiply(a, factor); }
money_amount times_int4_left(int32 factor, money_amount a) { return multiply(a, factor); }
money_amount over(money_amount a, int64 divisor) { return divide(a, divisor); }
money_amount over_int4(money_amount a, int32 divisor) { return divide(a, divisor); }

[[gnu::cold, noreturn]] SERVER_CODE void out_of_range_error() {
  pg::raise(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "money_amount out of range");
}
[[gnu::cold, noreturn]] SERVER_CODE void division_by_zero() { pg::raise(ERRCODE_DIVISION_BY_ZERO, "division by zero"); }

SERVER_CODE money_amount times_numeric(money_amount a, pg::numeric factor) noexcept {
  if (!pg::is_finite(factor.value)) out_of_range_error();
  const auto minor = pg::round_to_int64(DirectFunctionCall2(numeric_mul, pg::to_numeric(a.minor), factor.value));
  if (!minor) out_of_range_error();
  return {a.currency, *minor};
}
SERVER_CODE money_amount times_numeric_left(pg::numeric factor, money_amount a) noexcept {
  return times_numeric(a, factor);
}
SERVER_CODE money_amount over_numeric(money_amount a, pg::numeric divisor) noexcept {
  if (!pg::is_finite(divisor.value)) out_of_range_error();
  if (pg::compare_numeric(divisor.value, pg::to_numeric(0)) == 0) division_by_zero();
  const auto minor = pg::divide_by_numeric(a.minor, divisor.value);
  if (!minor) out_of_range_error();
  return {a.currency, *minor};
}
SERVER_CODE pg::numeric ratio(money_amount a, money_amount b) {
  require_one_currency(a, b, "divide");
  if (b.minor == 0) division_by_zero();
  return {DirectFunctionCall2(numeric_div, pg::to_numeric(a.minor), pg::to_numeric(b.minor))};
}

pg::money_array shares(pg::call_site call, money_amount amount, pg::int_array weights) {
  const auto parts = allocate(amount, weights.values);
  return pg::guarded([&] {
    const Oid array = get_func_rettype(call.info->flinfo->fn_oid);
    return pg::make_money_array(parts, get_element_type(array));
  });
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_money_amount_in, input);
PRIMECLOUD_FUNCTION(primecloud_money_amount_out, output);
PRIMECLOUD_SERVER_FUNCTION(primecloud_money_amount_recv, receive);
PRIMECLOUD_FUNCTION(primecloud_money_amount_send, send_money_amount);
PRIMECLOUD_FUNCTION(primecloud_make_money, make);
PRIMECLOUD_FUNCTION(primecloud_money_minor, minor_of);
PRIMECLOUD_FUNCTION(primecloud_money_currency, currency_of);
PRIMECLOUD_FUNCTION(primecloud_currency_digits, digits_of);
PRIMECLOUD_FUNCTION(primecloud_money_amount_add, plus);
PRIMECLOUD_FUNCTION(primecloud_money_amount_subtract, minus);
PRIMECLOUD_FUNCTION(primecloud_money_amount_negate, negate);
PRIMECLOUD_FUNCTION(primecloud_money_amount_multiply, times);
PRIMECLOUD_FUNCTION(primecloud_money_amount_multiply_left, times_left);
PRIMECLOUD_FUNCTION(primecloud_money_amount_multiply_int4, times_int4);
PRIMECLOUD_FUNCTION(primecloud_money_amount_multiply_int4_left, times_int4_left);
PRIMECLOUD_FUNCTION(primecloud_money_amount_multiply_numeric, times_numeric);
PRIMECLOUD_FUNCTION(primecloud_money_amount_multiply_numeric_left, times_numeric_left);
PRIMECLOUD_FUNCTION(primecloud_money_amount_divide, over);
PRIMECLOUD_FUNCTION(primecloud_money_amount_divide_int4, over_int4);
PRIMECLOUD_FUNCTION(primecloud_money_amount_divide_numeric, over_numeric);
PRIMECLOUD_FUNCTION(primecloud_money_amount_ratio, ratio);
PRIMECLOUD_FUNCTION(primecloud_allocate, shares);
