// Percent-encoding (RFC 3986, section 2).
#pragma once

#include <string>
#include <string_view>

namespace primecloud {

// Letters, digits and - . _ ~ stay, everything else is %XX; a slash stays where
// `keep_slash`, as in the path of a URL.
std::string uri_encode(std::string_view text, bool keep_slash = false);

}  // namespace primecloud
