// What MinIO alone refuses, or accepts and then does not do as written.
#include "core/lifecycle/findings.hpp"
#include "core/lifecycle/object_tags.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

constexpr std::int64_t longest_duration = 106'751;  // days that 64 bits of nanoseconds hold

}  // namespace

void check_minio(const rule &r, bool object_lock, findings &found) {
  if (r.id.size() > 255) found.add(refusals::long_id, "MinIO refuses an ID of more than 255 bytes");
  const bool acts = r.expiration || r.noncurrent_expiration || r.marker_days || !r.transitions.empty() ||
                    !r.noncurrent_transitions.empty();
  if (r.abort_days && !acts) {
    found.add(refusals::schema, "MinIO refuses a rule with AbortIncompleteMultipartUpload alone");
  } else if (r.abort_days) {
    found.add(refusals::unheeded, "MinIO ignores AbortIncompleteMultipartUpload");
  }
  if (object_lock && (r.marker_days || (r.expiration && r.expiration->all_versions == true))) {
    found.add(refusals::object_lock,
              "MinIO refuses ExpiredObjectAllVersions and DelMarkerExpiration where the bucket has object lock");
  }
  if (longest_days(r) >= longest_duration) {
    found.add(refusals::unheeded, "MinIO reckons " + std::to_string(longest_days(r)) +
                                      " days as a date long past and acts at once; it counts to 106750 days");
  }
  if (r.transitions.size() > 1) found.add(refusals::unheeded, "MinIO keeps the last Transition alone");
  if (r.noncurrent_transitions.size() > 1)
    found.add(refusals::unheeded, "MinIO keeps the last NoncurrentVersionTransition alone");
  for (const auto &t : r.noncurrent_transitions) {
    if (t.newer_versions > 0)
      found.add(refusals::unheeded, "MinIO ignores NewerNoncurrentVersions of NoncurrentVersionTransition");
  }
  if (!r.filter) return;
  if (conditions(*r.filter).greater_than_zero)
    found.add(refusals::unheeded, "MinIO takes ObjectSizeGreaterThan 0 for no condition");
  for (const auto &t : conditions(*r.filter).tags) {
    if (!is_ascii(t.key) || !is_ascii(t.value))
      found.add(refusals::unheeded, "MinIO gives no object a tag with other letters than those of ASCII: " + t.key +
                                        " = " + t.value + " matches nothing");
  }
}

}  // namespace primecloud::lifecycle
