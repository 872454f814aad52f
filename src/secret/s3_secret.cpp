#include "secret/s3_secret.hpp"

#include "pg/c_string.hpp"
#include "secret/decrypt.hpp"

namespace primecloud::secret {
namespace {
constexpr std::size_t longest_secret = 1024;
}

void refuse_s3(const char *message, const char *hint) {
  ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message), errhint("%s", hint),
          errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

std::string_view scope_part(text_argument part, const char *what) {
  const auto text = checked_part(part, what, longest_s3_name);
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '+';
    if (!plain)
      refuse_s3(psprintf("the %s \"%s\" has a character that no %s has", what, pg::c_string(text), what),
                "Letters, digits, - _ . and + are taken.");
  }
  return text;
}

signing_key signing_key_of(const sealed_view &sealed, const place &where, const char *purpose, std::string_view date,
                           std::string_view region, std::string_view service) {
  varlena *plaintext = decrypt(sealed.bytes, where, purpose);
  const std::string_view value = pg::text_in(plaintext);
  const bool usable = !value.empty() && value.size() <= longest_secret;
  const signing_key key = usable ? derive_signing_key(value, date, region, service) : signing_key{};
  wipe(plaintext);
  if (!usable)
    refuse_s3("the secret is no S3 secret key: it is empty or longer than 1024 bytes",
              "Name the row that holds the key's secret.");
  return key;
}

}  // namespace primecloud::secret
