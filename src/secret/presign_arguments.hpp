// What s3_presign is given, checked and in the form in which it is signed.  All of it is
// the server's memory.  Server code.
#pragma once

#include "core/secret/endpoint.hpp"
#include "core/timestamp.hpp"
#include "pg/owned.hpp"
#include "secret/place.hpp"

namespace primecloud::secret {

SERVER_CODE endpoint parse_endpoint(std::string_view text);
SERVER_CODE void check_path(std::string_view path);

struct parameter {
  std::string_view name, value;
};

// A flat object of strings and numbers.  Returns how many, and fills `out`.
SERVER_CODE int read_parameters(pg::owned_jsonb object, parameter *&out);

SERVER_CODE std::string_view checked_method(text_argument name);
SERVER_CODE int seconds_of(const Interval &span);
// As X-Amz-Date has it.
SERVER_CODE const char *stamp_of(timestamp at);

}  // namespace primecloud::secret
