// Whether a rule's filter takes in an object, and if not, what keeps it out.
#pragma once

#include "core/lifecycle/object.hpp"
#include "core/lifecycle/object_tags.hpp"
#include "core/lifecycle/record.hpp"

namespace primecloud::lifecycle {

enum class mismatch : std::uint8_t { disabled, prefix, tags, size_too_small, size_too_large, size_unknown };

// Does the rule apply to the object?  Fills `why` if not.  ObjectSizeGreaterThan 0 keeps
// empty objects out where AWS decides, and is no condition to MinIO.
template <dialect whose = dialect::minio>
[[gnu::always_inline]] inline bool applies(const record_view config, const rule_entry &r, const object &o,
                                           object_tags &tags, mismatch &why) noexcept {
  if (!r.enabled) return why = mismatch::disabled, false;
  if (o.key.size() < r.prefix_length || std::memcmp(o.key.data(), config.prefix(r).data(), r.prefix_length) != 0) {
    return why = mismatch::prefix, false;
  }
  if (!o.delete_marker && (r.size_greater_than > 0 || r.size_less_than > 0)) {
    if (!o.size) return why = mismatch::size_unknown, false;
    if (r.size_greater_than > 0 && *o.size <= r.size_greater_than) return why = mismatch::size_too_small, false;
    if (r.size_less_than > 0 && *o.size >= r.size_less_than) return why = mismatch::size_too_large, false;
  }
  if constexpr (whose == dialect::aws) {
    if (!o.delete_marker && r.written & rule_entry::greater_than_zero) {
      if (!o.size) return why = mismatch::size_unknown, false;
      if (*o.size <= 0) return why = mismatch::size_too_small, false;
    }
  }
  for (std::uint32_t i = 0; i < r.tags; i++) {
    const auto t = config.tag(r.first_tag + i);
    if (!tags.has(config.key(t), config.value(t))) return why = mismatch::tags, false;
  }
  return true;
}

}  // namespace primecloud::lifecycle
