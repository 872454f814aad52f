// s3_presign: a URL that grants one request, signed with a stored secret, which never
// leaves the server.
#include <sodium.h>

#include "core/uri.hpp"
#include "pg/c_string.hpp"
#include "pg/function.hpp"
#include "secret/encoding.hpp"
#include "secret/presign_arguments.hpp"
#include "secret/s3_secret.hpp"

namespace {
using namespace primecloud;
using secret::sealed_view;
using secret::text_argument;

constexpr std::size_t longest_url = 4096;

struct interval_argument {
  const Interval *value;
};

// What a URL is signed from, all of it the server's memory but for the key.
struct signing {
  endpoint server;
  std::string_view verb, resource, id, region, stamp;
  int seconds;
  secret::parameter *further;
  int count;
  signing_key key;
};

SERVER_CODE signing prepare_signing(sealed_view sealed, text_argument tenant, text_argument label, text_argument row_id,
                                    text_argument access_key_id, text_argument method, text_argument endpoint_url,
                                    text_argument path, text_argument region, std::optional<interval_argument> expires,
                                    std::optional<pg::owned_jsonb> parameters, std::optional<timestamp> at) {
  const auto where = secret::checked_place(tenant, label, row_id);
  const auto id = secret::scope_part(access_key_id, "access key id"),
             region_name = secret::scope_part(region, "region");
  const auto verb = secret::checked_method(method);
  const auto server = secret::parse_endpoint(secret::checked_part(endpoint_url, "endpoint", longest_url));
  const auto resource = secret::to_utf8(secret::checked_part(path, "path", longest_url));  // as S3 reads it
  secret::check_path(resource);
  if (!expires || !at)
    secret::refuse_s3("the expiry or the time of signing is NULL", "Leave them out for the defaults.");
  const int seconds = secret::seconds_of(*expires->value);
  const char *stamp = secret::stamp_of(*at);
  secret::parameter *further = nullptr;
  const int count = parameters ? secret::read_parameters(*parameters, further) : 0;
  return {server,      verb,
          resource,    id,
          region_name, stamp,
          seconds,     further,
          count,       secret::signing_key_of(sealed, where, "s3_presign", {stamp, 8}, region_name, "s3")};
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
  presign_request request{from.verb, from.server.host(), from.resource, from.id, from.region, from.stamp, from.seconds};
  for (int i = 0; i < from.count; i++) request.parameters.emplace_back(from.further[i].name, from.further[i].value);
  return std::string(from.server.scheme) + std::string(from.server.host()) + uri_encode(from.resource, true) + "?" +
         presign_query(request, from.key);
}
}  // namespace

namespace primecloud::pg {
template <>
struct datum<interval_argument> {
  static constexpr const char *sql = "interval";
  static interval_argument get(Datum d) noexcept { return {DatumGetIntervalP(d)}; }
};
}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_s3_presign, s3_presign);
