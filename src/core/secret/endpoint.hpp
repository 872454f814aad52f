// The host and the path of a presigned URL.  What is signed is what is sent: whatever a client's
// parser of URLs (WHATWG URL, RFC 3986) writes otherwise is written so here, or refused.
#pragma once

#include <cstddef>
#include <string_view>

namespace primecloud {

struct endpoint {
  std::string_view scheme;  // "https://", in lower case
  // As clients send it: in lower case, with its port unless that is the scheme's own.
  char text[270];
  std::size_t size;

  std::string_view host() const noexcept { return {text, size}; }
};

// Fills `out`; returns what is wrong with it, or nullptr.
const char *read_endpoint(std::string_view text, endpoint &out) noexcept;

// What would not arrive at a server as it stands; nullptr where nothing is.
const char *path_problem(std::string_view path) noexcept;

}  // namespace primecloud
