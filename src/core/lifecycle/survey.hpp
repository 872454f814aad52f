// Questions about a configuration as a whole, and the header S3 answers with.
#pragma once

#include <optional>
#include <string>

#include "core/lifecycle/evaluate.hpp"

namespace primecloud::lifecycle {

// Is there an enabled rule that could act at `at` on some key that starts with
// `prefix`?  A date in the future does not act yet.
bool has_active_rules(const record_view &config, std::string_view prefix, timestamp at) noexcept;

// The first rule for the object that spares NewerNoncurrentVersions.
struct noncurrent_limit {
  std::string_view rule_id;
  std::int64_t days, newer_versions;
};
std::optional<noncurrent_limit> find_noncurrent_limit(const record_view &config, const object &o) noexcept;

// Only versions modified before this can have anything due at `at`: a bound an
// index can use.  Restored copies have a time of their own and are not bound by it.
timestamp cutoff(const record_view &config, timestamp at) noexcept;

// Does any rule count versions, so that one version alone cannot be judged?
bool counts_versions(const record_view &config) noexcept;

// When an unfinished multipart upload is to be aborted; nothing if never.
std::optional<timestamp> upload_due(const record_view &config, std::string_view key, timestamp initiated) noexcept;

// The value of x-amz-expiration: expiry-date="Fri, 23 May 2025 00:00:00 GMT", rule-id="a%20b".
// Nothing unless an expiration is what happens next; AWS tells of it before a transition, too.
std::optional<std::string> expiration_header(const record_view &config, const object &o,
                                             dialect whose = dialect::minio);

}  // namespace primecloud::lifecycle
