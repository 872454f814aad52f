// Names of S3 buckets: what a server accepts, what a provider keeps for itself,
// and the physical name that a tenant's bucket gets on a shared server.
//
// Sources: the general purpose bucket naming rules of the Amazon S3 user guide,
// and MinIO's strict and legacy checks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/uuid.hpp"

namespace primecloud {

// Which server's rules a name is held to.
enum class bucket_rules {
  minio_strict,          // what the domain bucket_name takes: what both MinIO and AWS can serve
  minio_legacy,          // what MinIO still lets old clients name: upper case, '_' and ':'
  aws,                   // strict, less the names that AWS keeps for itself
  aws_legacy_us_east_1,  // what us-east-1 took before March 2018: up to 255 characters
};
std::optional<bucket_rules> parse_bucket_rules(std::string_view name) noexcept;

// The first rule that the name breaks, in words that complete "the bucket name ...";
// nothing if it is fine.  The text is static.
std::optional<std::string_view> bucket_name_problem(std::string_view name,
                                                    bucket_rules rules = bucket_rules::minio_strict) noexcept;

// The providers that keep names for themselves.
enum class bucket_provider { aws, minio };
std::optional<bucket_provider> parse_bucket_provider(std::string_view name) noexcept;

// Whether the provider refuses a well-formed name because it keeps it for itself.
bool bucket_name_is_reserved(std::string_view name, bucket_provider provider) noexcept;

// The name of a tenant's bucket on a server that tenants share: the tenant's label,
// '-', the name the tenant chose.  Two different pairs never share a physical name:
// the label has no '-', and says which kind of key it came from by its length.
//   uuid (canonical text)         its 26 base-32 digits, as in a TypeID
//   up to 20 of [a-z0-9]          itself
// An error if the tenant has no label, the name is not a bucket name, or the whole
// is longer than 63 bytes or reserved.
result<std::string> bucket_physical_name(std::string_view tenant, std::string_view name);

}  // namespace primecloud
