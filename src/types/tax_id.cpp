// tax_id: input, output, what kind it is.  Comparison, hashing and sorting are int8's own.
#include "core/types/tax_id.hpp"

#include "pg/function.hpp"
#include "pg/server_function.hpp"
#include "types/datum.hpp"

extern "C" {
#include "libpq/pqformat.h"
}

namespace {
using namespace primecloud;

result<tax_id> input(const char *text) { return parse_tax_id(text); }
// Written where it stays: a copy of bytes that were only just written would wait for them.
SERVER_CODE const char *output(tax_id id) noexcept {
  auto *text = static_cast<char *>(palloc(15));
  *write_tax_id(id, text) = '\0';
  return text;
}

// As strict as text input: a number that no text gives is refused.
SERVER_CODE Datum receive(FunctionCallInfo fcinfo) noexcept {
  const int64 value = pq_getmsgint64(reinterpret_cast<StringInfo>(DatumGetPointer(fcinfo->args[0].value)));
  if (!is_tax_id(value)) pg::raise(ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid tax_id in binary input");
  return Int64GetDatum(value);
}

std::string_view kind(tax_id id) noexcept { return id.is_cpf() ? "cpf" : "cnpj"; }
std::string format(tax_id id) { return std::string(write_masked_tax_id(id).view()); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_tax_id_in, input);
PRIMECLOUD_FUNCTION(primecloud_tax_id_out, output);
PRIMECLOUD_SERVER_FUNCTION(primecloud_tax_id_recv, receive);
PRIMECLOUD_FUNCTION(primecloud_tax_id_kind, kind);
PRIMECLOUD_FUNCTION(primecloud_tax_id_format, format);
