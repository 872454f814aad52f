// generate_access_key_id, generate_secret, last_four: secrets that are made in the server.
#include "core/secret/generated.hpp"

#include "pg/function.hpp"
#include "secret/literal.hpp"

namespace {
using namespace primecloud;

std::string generate_access_key_id_text() { return generate_access_key_id(); }
std::string generate_secret_text(int32 length) {
  if (length < 8 || length > 1024)
    throw error(invalid_value, "a secret cannot have " + std::to_string(length) + " characters")
        .with_hint("Ask for 8 to 1024; MinIO and AWS use 40.");
  return generate_secret(length);
}
SERVER_CODE std::optional<std::string_view> last_four_text(std::string_view whole) noexcept {
  secret::warn_of_literal(whole);
  const auto shown = last_four(whole);
  return shown.empty() ? std::nullopt : std::optional(shown);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_generate_access_key_id, generate_access_key_id_text);
PRIMECLOUD_FUNCTION(primecloud_generate_secret, generate_secret_text);
PRIMECLOUD_FUNCTION(primecloud_last_four, last_four_text);
