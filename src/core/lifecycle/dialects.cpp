// What MinIO or AWS alone refuses, or accepts and then does not do as written.
#include <algorithm>

#include "core/lifecycle/findings.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {

std::int64_t longest_days(const rule &r) {
  std::int64_t days = std::max(r.marker_days.value_or(0), r.abort_days.value_or(0));
  if (r.expiration) days = std::max(days, r.expiration->days.value_or(0));
  if (r.noncurrent_expiration) days = std::max(days, r.noncurrent_expiration->days.value_or(0));
  for (const auto &t : r.transitions) days = std::max(days, t.days.value_or(0));
  for (const auto &t : r.noncurrent_transitions) days = std::max(days, t.days.value_or(0));
  return days;
}

std::vector<problem> dialect_problems(const configuration &c, dialect of, bool object_lock) {
  findings found;
  if (of == dialect::minio && c.minimum_size)
    found.add(refusals::unheeded,
              "MinIO ignores TransitionDefaultMinimumObjectSize: a rule for large objects filters by size");
  for (std::size_t i = 0; i < c.rules.size(); i++) {
    found.at(i + 1, c.rules[i]);
    of == dialect::minio ? check_minio(c.rules[i], object_lock, found) : check_aws(c.rules[i], found);
  }
  return std::move(found).take();
}

}  // namespace primecloud::lifecycle
