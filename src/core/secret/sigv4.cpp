#include "core/secret/sigv4.hpp"

#include <sodium.h>

#include <algorithm>

#include "core/uri.hpp"

namespace primecloud {
namespace {
const std::uint8_t *octets(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

signing_key hmac(const std::uint8_t *key, std::size_t key_size, std::string_view text) noexcept {
  signing_key out;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key, key_size);
  crypto_auth_hmacsha256_update(&state, octets(text), text.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof state);
  return out;
}

std::string hex(const std::array<std::uint8_t, 32> &bytes) {
  char text[65];
  return sodium_bin2hex(text, sizeof text, bytes.data(), bytes.size());
}
}  // namespace

signing_key derive_signing_key(std::string_view secret, std::string_view date, std::string_view region,
                               std::string_view service) noexcept {
  // HMAC takes the secret in two pieces only as one key, so it is joined in a buffer
  // that is wiped.  Secrets longer than this are not S3's.
  char first[4 + 1024];
  const std::size_t size = 4 + (secret.size() < 1024 ? secret.size() : 1024);
  std::string_view("AWS4").copy(first, 4);
  secret.copy(first + 4, 1024);
  signing_key key = hmac(reinterpret_cast<std::uint8_t *>(first), size, date);
  sodium_memzero(first, sizeof first);
  for (const std::string_view part : {region, service, std::string_view("aws4_request")}) {
    const signing_key next = hmac(key.data(), key.size(), part);
    key = next;
  }
  return key;
}

namespace {
// Sorted by name, then by value, as they are written: encoded.
std::string canonical_query(const presign_request &request, const std::string &scope) {
  std::vector<std::pair<std::string, std::string>> all = {
      {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
      {"X-Amz-Credential", uri_encode(std::string(request.access_key_id) + "/" + scope, false)},
      {"X-Amz-Date", std::string(request.timestamp)},
      {"X-Amz-Expires", std::to_string(request.expires_seconds)},
      {"X-Amz-SignedHeaders", "host"}};
  for (const auto &[name, value] : request.parameters)
    all.emplace_back(uri_encode(name, false), uri_encode(value, false));
  std::sort(all.begin(), all.end());
  std::string query;
  for (const auto &[name, value] : all) query.append(query.empty() ? "" : "&").append(name).append("=").append(value);
  return query;
}
}  // namespace

std::string presign_query(const presign_request &request, const signing_key &key) {
  const std::string scope =
      std::string(request.timestamp.substr(0, 8)) + "/" + std::string(request.region) + "/s3/aws4_request";
  const std::string query = canonical_query(request, scope);
  const std::string canonical = std::string(request.method) + "\n" + uri_encode(request.path, true) + "\n" + query +
                                "\nhost:" + std::string(request.host) + "\n\nhost\nUNSIGNED-PAYLOAD";
  std::array<std::uint8_t, 32> digest;
  crypto_hash_sha256(digest.data(), octets(canonical), canonical.size());
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + std::string(request.timestamp) + "\n" + scope + "\n" + hex(digest);
  return query + "&X-Amz-Signature=" + hex(hmac(key.data(), key.size(), to_sign));
}

}  // namespace primecloud
