// Expiration in all its spellings, and the elements that hold one number of days.
#include "core/lifecycle/days_or_date.hpp"

namespace primecloud::lifecycle {

std::optional<expiration> read_expiration(const element &e, const position &at) {
  if (!at.holds_something(e)) return std::nullopt;
  at.only(e, {"Days", "Date", "ExpiredObjectDeleteMarker", "ExpiredObjectAllVersions", "DeleteMarker"});
  const bool json = at.from == syntax::json;
  days_or_date when;
  expiration read;
  for (const auto &child : e.children) {
    if (child.is == element::kind::null) continue;
    if (when.read(child, "Expiration", at)) {
      if (when.days && *when.days <= 0 && !(json && *when.days == 0 && e.children.size() > 1)) {
        at.refuse(refusals::expiration_days, "Days of Expiration is " + std::to_string(*when.days),
                  "Days of Expiration is 1 or greater.");
      }
    } else if (child.name == "ExpiredObjectDeleteMarker" || (json && child.name == "DeleteMarker")) {
      read.delete_marker = at.boolean(child, "Expiration");
    } else if (child.name == "ExpiredObjectAllVersions") {
      read.all_versions = at.boolean(child, "Expiration");
    }
  }
  read.days = when.days;
  read.date = when.date;
  if (json) {  // zeros that stand for nothing
    if (read.days == 0) read.days.reset();
    if (read.delete_marker == false && (read.days || read.date || when.zero_date)) read.delete_marker.reset();
    if (read.all_versions == false && !read.days) read.all_versions.reset();
    if (!read.days && !read.date && !read.delete_marker && (when.zero_date || when.days) && !read.all_versions) {
      if (when.zero_date) return std::nullopt;
      at.refuse(refusals::expiration_days, "Days of Expiration is 0", "Days of Expiration is 1 or greater.");
    }
  }
  return read;
}

std::optional<noncurrent_expiration> read_noncurrent_expiration(const element &e, const position &at) {
  constexpr auto name = "NoncurrentVersionExpiration";
  if (!at.holds_something(e)) return std::nullopt;
  at.only(e, {"NoncurrentDays", "NewerNoncurrentVersions", "MaxNoncurrentVersions"});
  noncurrent_expiration read;
  for (const auto &child : e.children) {
    if (child.is == element::kind::null) continue;
    if (child.name == "NoncurrentDays") {
      read.days = at.integer(child, name);
      const bool printed_zero = at.from == syntax::json && *read.days == 0;
      if (*read.days <= 0 && !printed_zero) {
        at.refuse(refusals::expiration_days,
                  std::string("NoncurrentDays of ") + name + " is " + std::to_string(*read.days),
                  "NoncurrentDays is 1 or greater; leave it out to count versions alone.");
      }
      if (printed_zero) read.days.reset();
    } else if (child.name == "NewerNoncurrentVersions" || child.name == "MaxNoncurrentVersions") {
      read.newer_versions = at.integer(child, name);
    }
  }
  // Older exports of MinIO print a zero in every rule that has none.
  if (at.from == syntax::json && !read.days && read.newer_versions == 0) return std::nullopt;
  return read;
}

std::optional<std::int64_t> read_days(const element &e, std::string_view days_name, refusal as, const position &at) {
  if (!at.holds_something(e)) return std::nullopt;
  std::optional<std::int64_t> days;
  at.only(e, {days_name});
  for (const auto &child : e.children) {
    if (child.name != days_name || child.is == element::kind::null) continue;
    days = at.integer(child, e.name);
    if (*days <= 0)
      at.refuse(as, child.name + " of " + e.name + " is " + std::to_string(*days),
                std::string(days_name) + " is 1 or greater.");
  }
  return days;
}

void read_all_versions_expiration(const element &e, rule &into, const position &at) {
  if (!at.holds_something(e)) return;
  at.only(e, {"Days", "DeleteMarker"});
  const element *days = e.find("Days"), *marker = e.find("DeleteMarker");
  const std::int64_t n = days ? at.integer(*days, e.name) : 0;
  const bool with_marker = marker != nullptr && at.boolean(*marker, e.name);
  if (n == 0 && !with_marker) return;
  if (n <= 0)
    at.refuse(refusals::expiration_days, "Days of AllVersionsExpiration is " + std::to_string(n),
              "Days is 1 or greater.");
  if (into.expiration)
    at.refuse(refusals::schema, "AllVersionsExpiration stands beside Expiration", "Write one of the two.");
  into.expiration = expiration{n, {}, {}, true};
  if (with_marker) into.marker_days = n;
}

}  // namespace primecloud::lifecycle
