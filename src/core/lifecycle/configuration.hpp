// An S3 lifecycle configuration, as a reader leaves it: what the document says,
// nothing derived.  Built once at input, then written into a record (record.hpp),
// which is what is stored and evaluated.
//
// Names are those of the S3 API (PutBucketLifecycleConfiguration) and of MinIO's
// extensions to it: ExpiredObjectAllVersions and DelMarkerExpiration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/lifecycle/dialect.hpp"
#include "core/timestamp.hpp"

namespace primecloud::lifecycle {

struct tag {
  std::string key, value;
  friend bool operator==(const tag &, const tag &) = default;
};

// What And may hold, and Filter itself one of.  A size of 0 is no condition, but AWS
// heeds that it was written: the rule asks for a size then.
struct predicates {
  std::optional<std::string> prefix;
  std::vector<tag> tags;
  std::int64_t size_greater_than = 0, size_less_than = 0;  // bytes, both strict
  bool greater_than_zero = false;                          // ObjectSizeGreaterThan 0 was written

  bool empty() const noexcept {
    return !prefix && tags.empty() && size_greater_than == 0 && size_less_than == 0 && !greater_than_zero;
  }
};

struct filter {
  predicates own;
  std::optional<predicates> both;  // And
};

struct expiration {
  std::optional<std::int64_t> days;
  std::optional<timestamp> date;
  std::optional<bool> delete_marker;  // ExpiredObjectDeleteMarker; to say false differs from saying nothing
  std::optional<bool> all_versions;   // ExpiredObjectAllVersions
};

struct transition {
  std::optional<std::int64_t> days;
  std::optional<timestamp> date;
  std::string storage_class;
};

struct noncurrent_expiration {
  std::optional<std::int64_t> days;
  std::int64_t newer_versions = 0;  // NewerNoncurrentVersions: this many are spared
};

struct noncurrent_transition {
  std::optional<std::int64_t> days;
  std::int64_t newer_versions = 0;
  std::string storage_class;
};

struct rule {
  std::string id, status;
  std::optional<std::string> prefix;  // beside Filter: the place it had before 2016
  std::optional<lifecycle::filter> filter;
  std::optional<lifecycle::expiration> expiration;
  std::vector<transition> transitions;
  std::optional<lifecycle::noncurrent_expiration> noncurrent_expiration;
  std::vector<noncurrent_transition> noncurrent_transitions;
  std::optional<std::int64_t> marker_days;  // DelMarkerExpiration
  std::optional<std::int64_t> abort_days;   // AbortIncompleteMultipartUpload
};

struct configuration {
  std::vector<rule> rules;
  std::optional<lifecycle::minimum_size> minimum_size;  // TransitionDefaultMinimumObjectSize
  std::optional<lifecycle::dialect> dialect;            // it was written for; no name of S3
};

inline constexpr std::size_t most_rules = 1000;

}  // namespace primecloud::lifecycle
