// AWS Signature Version 4 (IAM User Guide, "Signature Version 4 signing process";
// S3 API Reference, "Authenticating requests: using query parameters").
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primecloud {

using signing_key = std::array<std::uint8_t, 32>;

// The key of one day, region and service.  `date` is YYYYMMDD.
signing_key derive_signing_key(std::string_view secret, std::string_view date, std::string_view region,
                               std::string_view service) noexcept;

struct presign_request {
  std::string_view method;  // GET, PUT, HEAD, DELETE
  std::string_view host;    // without scheme; with the port where it is not the scheme's
  std::string_view path;    // absolute, not yet encoded: "/bucket/key"
  std::string_view access_key_id;
  std::string_view region;
  std::string_view timestamp;  // YYYYMMDDTHHMMSSZ
  int expires_seconds;         // 1 to 604800
  // Further parameters, not yet encoded: versionId, response-content-type, partNumber...
  std::vector<std::pair<std::string_view, std::string_view>> parameters = {};
};

// The query string, X-Amz-Signature last, without a leading "?".
std::string presign_query(const presign_request &request, const signing_key &key);

}  // namespace primecloud
