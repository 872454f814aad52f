// The stored secret of an S3 access key, and what is checked before it is used.  Server code.
#pragma once

#include "core/secret/sigv4.hpp"
#include "secret/place.hpp"
#include "secret/sealed.hpp"

namespace primecloud::secret {

inline constexpr std::size_t longest_s3_name = 128;

[[noreturn, gnu::cold]] SERVER_CODE void refuse_s3(const char *message, const char *hint);

// Names in a credential scope: a slash or a space would make it another scope.
SERVER_CODE std::string_view scope_part(text_argument part, const char *what);

// The key of a day, made from the secret at `where`, which is wiped.
SERVER_CODE signing_key signing_key_of(const sealed_view &sealed, const place &where, const char *purpose,
                                       std::string_view date, std::string_view region, std::string_view service);

}  // namespace primecloud::secret
