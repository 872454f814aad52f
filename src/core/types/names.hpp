// Small strings that must be exactly right: host names, access key ids, colours.
// Each `..._problem` gives the rule that was broken, in words that complete
// "the value ...", or nothing.  The texts are static.
#pragma once

#include <optional>
#include <string_view>

namespace primecloud {

// A fully qualified host name in lower case (RFC 1123, 2.1): two or more labels of
// 1 to 63 letters, digits and inner hyphens, at most 253 characters, the last label
// not all digits, no final dot.
std::optional<std::string_view> dns_hostname_problem(std::string_view name) noexcept;

// The id of an S3 access key: MinIO's rule (at least 3 characters, no '=' or ','),
// printable ASCII without blanks, at most 128.
std::optional<std::string_view> access_key_id_problem(std::string_view id) noexcept;

// '#' and six lower-case hexadecimal digits.
std::optional<std::string_view> hex_color_problem(std::string_view color) noexcept;

}  // namespace primecloud
