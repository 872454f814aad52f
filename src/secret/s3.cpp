// s3_signing_key, s3_presign: Signature Version 4 with a stored secret, which never
// leaves the server.
#include <sodium.h>

#include "core/secret/sigv4.hpp"
#include "core/uri.hpp"
#include "pg/c_string.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/audit.hpp"
#include "secret/decrypt.hpp"
#include "secret/encoding.hpp"
#include "secret/place.hpp"

extern "C" {
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
}

namespace {
using namespace primecloud;
using secret::sealed_view;
using secret::text_argument;

constexpr std::size_t longest_secret = 1024, longest_name = 128, longest_url = 4096;
constexpr int64 longest_life_seconds = 7 * 86400;  // S3 API Reference: a presigned URL lives a week at most

struct date_argument {
  DateADT value;
};
struct interval_argument {
  const Interval *value;
};

[[noreturn, gnu::cold]] SERVER_CODE void refuse(const char *message, const char *hint) {
  ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message), errhint("%s", hint),
          errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

// Names in a credential scope: a slash or a space would make it another scope.
SERVER_CODE std::string_view scope_part(text_argument part, const char *what) {
  const auto text = secret::checked_part(part, what, longest_name);
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '+';
    if (!plain)
      refuse(psprintf("the %s \"%s\" has a character that no %s has", what, pg::c_string(text), what),
             "Letters, digits, - _ . and + are taken.");
  }
  return text;
}

// The key of a day, made from the secret at `where`, which is wiped.
SERVER_CODE signing_key key_of(const sealed_view &sealed, const secret::place &where, const char *purpose,
                               std::string_view date, std::string_view region, std::string_view service) {
  varlena *plaintext = secret::decrypt(sealed.bytes, where, purpose);
  const std::string_view value = pg::text_in(plaintext);
  const bool usable = !value.empty() && value.size() <= longest_secret;
  const signing_key key = usable ? derive_signing_key(value, date, region, service) : signing_key{};
  secret::wipe(plaintext);
  if (!usable)
    refuse("the secret is no S3 secret key: it is empty or longer than 1024 bytes",
           "Name the row that holds the key's secret.");
  return key;
}

SERVER_CODE std::optional<pg::owned_bytes> s3_signing_key(std::optional<sealed_view> sealed, text_argument tenant,
                                                          text_argument label, text_argument row_id,
                                                          std::optional<date_argument> date, text_argument region,
                                                          text_argument service) {
  if (!sealed) return std::nullopt;
  const auto where = secret::checked_place(tenant, label, row_id);
  const auto region_name = scope_part(region, "region"), service_name = scope_part(service, "service");
  if (!date || DATE_NOT_FINITE(date->value)) refuse("the date is missing or infinite", "Name the day the key is for.");
  int year, month, day;
  j2date(date->value + POSTGRES_EPOCH_JDATE, &year, &month, &day);
  if (year < 1 || year > 9999) refuse("the date has no year of four digits", "Name the day the key is for.");
  char *stamp = psprintf("%04d%02d%02d", year, month, day);
  const char *purpose = psprintf("s3_signing_key %s/%.*s/%.*s", stamp, static_cast<int>(region_name.size()),
                                 region_name.data(), static_cast<int>(service_name.size()), service_name.data());
  signing_key key = key_of(*sealed, where, purpose, stamp, region_name, service_name);
  varlena *out = pg::copy_varlena(key);
  sodium_memzero(key.data(), key.size());
  // Whoever holds it signs as the key for that day: recorded like a reveal.
  secret::record_reveal({where.tenant, where.label, where.row_id, purpose, envelope_key_id(sealed->bytes)});
  return out;
}

struct endpoint {
  std::string_view scheme, host;  // host with its port, unless that is the scheme's own
};

SERVER_CODE endpoint parse_endpoint(std::string_view text) {
  constexpr const char *hint = "It reads https://host or https://host:port, without a path.";
  endpoint out;
  if (text.starts_with("https://"))
    out.scheme = "https://";
  else if (text.starts_with("http://"))
    out.scheme = "http://";
  else
    refuse(psprintf("the endpoint \"%s\" has no scheme", pg::c_string(text)), hint);
  out.host = text.substr(out.scheme.size());
  if (out.host.ends_with('/')) out.host.remove_suffix(1);
  const auto colon = out.host.rfind(':');
  const auto port = colon == out.host.npos || out.host.ends_with(']') ? std::string_view() : out.host.substr(colon);
  for (const char c : out.host) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == ':' || c == '[' || c == ']';
    if (!plain) refuse(psprintf("the endpoint \"%s\" names no host", pg::c_string(text)), hint);
  }
  if (port == (out.scheme == "https://" ? ":443" : ":80")) out.host.remove_suffix(port.size());
  if (out.host.empty()) refuse("the endpoint names no host", hint);
  return out;
}

struct parameter {
  std::string_view name, value;
};

// A flat object of strings and numbers.  Returns how many, and fills `out`.
SERVER_CODE int read_parameters(pg::owned_jsonb object, parameter *&out) {
  constexpr const char *hint = "It is an object of strings: {\"versionId\": \"...\"}.";
  Jsonb *json = DatumGetJsonbP(object.value);
  if (!JB_ROOT_IS_OBJECT(json)) refuse("the parameters are not an object", hint);
  out = static_cast<parameter *>(palloc(sizeof(parameter) * (JB_ROOT_COUNT(json) + 1)));
  int count = 0;
  JsonbIterator *iterator = JsonbIteratorInit(&json->root);
  JsonbValue item;
  for (auto token = JsonbIteratorNext(&iterator, &item, true); token != WJB_DONE;
       token = JsonbIteratorNext(&iterator, &item, true)) {
    if (token != WJB_KEY && token != WJB_VALUE) continue;
    std::string_view text;
    if (item.type == jbvString)
      text = {item.val.string.val, static_cast<size_t>(item.val.string.len)};
    else if (item.type == jbvNumeric)
      text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(item.val.numeric)));
    else
      refuse("a parameter is neither a string nor a number", hint);
    text = secret::to_utf8(text);
    if (token == WJB_VALUE) {
      out[count++].value = text;
      continue;
    }
    const bool ours =
        text.size() >= 6 && pg_strncasecmp(text.data(), "x-amz-", 6) == 0 && text != "X-Amz-Security-Token";
    if (ours)
      refuse(psprintf("the parameter \"%s\" is made by the signature itself", pg::c_string(text)),
             "Of X-Amz- parameters, pass X-Amz-Security-Token alone.");
    out[count].name = text;
  }
  return count;
}

bool is_method(std::string_view name) noexcept {
  return name == "GET" || name == "HEAD" || name == "PUT" || name == "POST" || name == "DELETE";
}

SERVER_CODE int seconds_of(const interval_argument &expires) {
  const Interval &span = *expires.value;
  const int64 seconds = span.time / USECS_PER_SEC + int64{span.day} * 86400;
  if (span.month != 0 || seconds < 1 || seconds > longest_life_seconds)
    refuse("a presigned URL lives from one second to seven days", "Name an expiry in between.");
  return static_cast<int>(seconds);
}

SERVER_CODE const char *stamp_of(timestamp at) {
  pg_tm when;
  fsec_t fraction;
  if (TIMESTAMP_NOT_FINITE(at.microseconds) ||
      timestamp2tm(at.microseconds, nullptr, &when, &fraction, nullptr, nullptr) != 0 || when.tm_year < 1 ||
      when.tm_year > 9999)
    refuse("the time of signing is infinite, or has no year of four digits", "Leave it out to sign for now.");
  return psprintf("%04d%02d%02dT%02d%02d%02dZ", when.tm_year, when.tm_mon, when.tm_mday, when.tm_hour, when.tm_min,
                  when.tm_sec);
}

// What a URL is signed from, all of it the server's memory but for the key.
struct signing {
  endpoint server;
  std::string_view verb, resource, id, region, stamp;
  int seconds;
  parameter *further;
  int count;
  signing_key key;
};

SERVER_CODE signing prepare_signing(sealed_view sealed, text_argument tenant, text_argument label, text_argument row_id,
                                    text_argument access_key_id, text_argument method, text_argument endpoint_url,
                                    text_argument path, text_argument region, std::optional<interval_argument> expires,
                                    std::optional<pg::owned_jsonb> parameters, std::optional<timestamp> at) {
  const auto where = secret::checked_place(tenant, label, row_id);
  const auto id = scope_part(access_key_id, "access key id"), region_name = scope_part(region, "region");
  const auto verb = secret::checked_part(method, "method", longest_name);
  if (!is_method(verb))
    refuse(psprintf("the method \"%s\" is not S3's", pg::c_string(verb)), "GET, HEAD, PUT, POST or DELETE.");
  const auto server = parse_endpoint(secret::checked_part(endpoint_url, "endpoint", longest_url));
  const auto resource = secret::to_utf8(secret::checked_part(path, "path", longest_url));  // as S3 reads it
  if (!resource.starts_with('/'))
    refuse(psprintf("the path \"%s\" does not begin with a slash", pg::c_string(resource)),
           "It reads /bucket/key, or /key where the host names the bucket.");
  if (!expires || !at) refuse("the expiry or the time of signing is NULL", "Leave them out for the defaults.");
  const int seconds = seconds_of(*expires);
  const char *stamp = stamp_of(*at);
  parameter *further = nullptr;
  const int count = parameters ? read_parameters(*parameters, further) : 0;
  return {server, verb,    resource, id,    region_name,
          stamp,  seconds, further,  count, key_of(sealed, where, "s3_presign", {stamp, 8}, region_name, "s3")};
}

std::optional<std::string> s3_presign(std::optional<sealed_view> sealed, text_argument tenant, text_argument label,
                                      text_argument row_id, text_argument access_key_id, text_argument method,
                                      text_argument endpoint_url, text_argument path, text_argument region,
                                      std::optional<interval_argument> expires,
                                      std::optional<pg::owned_jsonb> parameters, std::optional<timestamp> at) {
  if (!sealed) return std::nullopt;
  struct wiped {
    signing from;
    ~wiped() { sodium_memzero(from.key.data(), from.key.size()); }
  } const to_sign{pg::guarded([&] {
    return prepare_signing(*sealed, tenant, label, row_id, access_key_id, method, endpoint_url, path, region, expires,
                           parameters, at);
  })};
  const signing &from = to_sign.from;
  presign_request request{from.verb, from.server.host, from.resource, from.id, from.region, from.stamp, from.seconds};
  for (int i = 0; i < from.count; i++) request.parameters.emplace_back(from.further[i].name, from.further[i].value);
  return std::string(from.server.scheme) + std::string(from.server.host) + uri_encode(from.resource, true) + "?" +
         presign_query(request, from.key);
}
}  // namespace

namespace primecloud::pg {
template <>
struct datum<date_argument> {
  static constexpr const char *sql = "date";
  static date_argument get(Datum d) noexcept { return {DatumGetDateADT(d)}; }
};
template <>
struct datum<interval_argument> {
  static constexpr const char *sql = "interval";
  static interval_argument get(Datum d) noexcept { return {DatumGetIntervalP(d)}; }
};
}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_s3_signing_key, s3_signing_key);
PRIMECLOUD_FUNCTION(primecloud_s3_presign, s3_presign);
