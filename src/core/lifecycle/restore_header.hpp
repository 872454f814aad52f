// x-amz-restore: how far the restoring of an object from another storage class is,
// in the words S3 keeps it in.
//
//   ongoing-request="true"
//   ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/timestamp.hpp"

namespace primecloud::lifecycle {

// When the restored copy ends; nothing while it is still being restored.  22P02 otherwise.
result<std::optional<timestamp>> read_restore_header(std::string_view header);

std::string write_restore_header(std::optional<timestamp> expires);

// "Fri, 21 Dec 2012 00:00:00 GMT" (RFC 9110, 5.6.7)
std::string http_date(timestamp t);
std::optional<timestamp> read_http_date(std::string_view text) noexcept;

}  // namespace primecloud::lifecycle
