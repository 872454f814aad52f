// s3_signing_key: the key of Signature Version 4 for a day, from a stored secret, which
// never leaves the server.
#include <sodium.h>

#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/audit.hpp"
#include "secret/s3_secret.hpp"

extern "C" {
#include "utils/date.h"
#include "utils/datetime.h"
}

namespace {
using namespace primecloud;
using secret::sealed_view;
using secret::text_argument;

struct date_argument {
  DateADT value;
};

SERVER_CODE std::optional<pg::owned_bytes> s3_signing_key(std::optional<sealed_view> sealed, text_argument tenant,
                                                          text_argument label, text_argument row_id,
                                                          std::optional<date_argument> date, text_argument region,
                                                          text_argument service) {
  if (!sealed) return std::nullopt;
  const auto where = secret::checked_place(tenant, label, row_id);
  const auto region_name = secret::scope_part(region, "region"), service_name = secret::scope_part(service, "service");
  if (!date || DATE_NOT_FINITE(date->value))
    secret::refuse_s3("the date is missing or infinite", "Name the day the key is for.");
  int year, month, day;
  j2date(date->value + POSTGRES_EPOCH_JDATE, &year, &month, &day);
  if (year < 1 || year > 9999) secret::refuse_s3("the date has no year of four digits", "Name the day the key is for.");
  char *stamp = psprintf("%04d%02d%02d", year, month, day);
  const char *purpose = psprintf("s3_signing_key %s/%.*s/%.*s", stamp, static_cast<int>(region_name.size()),
                                 region_name.data(), static_cast<int>(service_name.size()), service_name.data());
  signing_key key = secret::signing_key_of(*sealed, where, purpose, stamp, region_name, service_name);
  varlena *out = pg::copy_varlena(key);
  sodium_memzero(key.data(), key.size());
  // Whoever holds it signs as the key for that day: recorded like a reveal.
  secret::record_reveal({where.tenant, where.label, where.row_id, purpose, envelope_key_id(sealed->bytes)});
  return out;
}
}  // namespace

namespace primecloud::pg {
template <>
struct datum<date_argument> {
  static constexpr const char *sql = "date";
  static date_argument get(Datum d) noexcept { return {DatumGetDateADT(d)}; }
};
}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_s3_signing_key, s3_signing_key);
