// What AWS alone refuses, or accepts and then does not do as written.
#include <algorithm>
#include <set>

#include "core/lifecycle/findings.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

constexpr std::int64_t most_days = 2'147'483'647;
constexpr std::int64_t largest_object = 50LL << 40;  // 50 TiB

void check_aws_filter(const rule &r, findings &found) {
  if (r.prefix && r.filter) found.add(refusals::schema, "AWS refuses Prefix and Filter in one rule");
  if (!r.prefix && !r.filter) found.add(refusals::schema, "AWS wants a Filter: an empty one for the whole bucket");
  const predicates none;
  const auto &p = r.filter ? conditions(*r.filter) : none;
  for (const auto &prefix : {r.prefix, p.prefix}) {
    if (prefix && prefix->size() > 1024) found.add(refusals::argument, "AWS refuses a prefix of more than 1024 bytes");
  }
  if (std::max(p.size_greater_than, p.size_less_than) > largest_object)
    found.add(refusals::argument, "AWS refuses object sizes above 50 TB");
  if (p.size_greater_than > 0 && p.size_less_than > 0 && p.size_greater_than >= p.size_less_than) {
    found.add(refusals::request, "AWS wants ObjectSizeGreaterThan below ObjectSizeLessThan");
  }
  const bool sized = p.size_greater_than != 0 || p.size_less_than != 0;
  if (r.abort_days && (!p.tags.empty() || sized))
    found.add(refusals::request, "AWS refuses AbortIncompleteMultipartUpload with a filter of tags or sizes");
  if (r.expiration && r.expiration->delete_marker && !p.tags.empty())
    found.add(refusals::request, "AWS refuses ExpiredObjectDeleteMarker with a tag filter");
}

bool known_to_aws(std::string_view storage_class) {
  for (const auto name :
       {"GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"}) {
    if (storage_class == name) return true;
  }
  return false;
}

bool infrequent(std::string_view storage_class) {
  return storage_class == "STANDARD_IA" || storage_class == "ONEZONE_IA";
}

template <class Transition>
void check_aws_classes(const std::vector<Transition> &all, findings &found) {
  std::set<std::string_view> classes;
  for (const auto &t : all) {
    if (!classes.insert(t.storage_class).second)
      found.add(refusals::request,
                "AWS wants a different StorageClass in each transition, and " + t.storage_class + " is given twice");
    if (!known_to_aws(t.storage_class)) found.add(refusals::schema, "AWS knows no StorageClass " + t.storage_class);
    if (infrequent(t.storage_class) && t.days && *t.days < 30)
      found.add(refusals::argument, "AWS moves objects to " + t.storage_class + " after 30 days at the earliest");
  }
}

void check_aws_times(const rule &r, findings &found) {
  if (longest_days(r) > most_days) found.add(refusals::argument, "AWS counts to 2147483647 days");
  bool days = r.expiration && r.expiration->days, date = r.expiration && r.expiration->date;
  for (const auto &t : r.transitions) {
    days = days || t.days;
    date = date || t.date;
    if (t.days && r.expiration && r.expiration->days && *r.expiration->days <= *t.days) {
      found.add(refusals::argument, "AWS wants Days of Expiration to be greater than Days of Transition");
    }
    if (t.date && r.expiration && r.expiration->date && *r.expiration->date <= *t.date) {
      found.add(refusals::argument, "AWS wants Date of Expiration to be later than Date of Transition");
    }
  }
  if (days && date) found.add(refusals::request, "AWS refuses Days and Date mixed in one rule");
  if (const auto &e = r.noncurrent_expiration) {
    if (!e->days) found.add(refusals::schema, "AWS wants NoncurrentDays beside NewerNoncurrentVersions");
    if (e->newer_versions > 100) found.add(refusals::argument, "AWS spares at most 100 NewerNoncurrentVersions");
  }
  for (const auto &t : r.noncurrent_transitions) {
    if (t.newer_versions > 100) found.add(refusals::argument, "AWS spares at most 100 NewerNoncurrentVersions");
  }
}

}  // namespace

void check_aws(const rule &r, findings &found) {
  check_aws_filter(r, found);
  check_aws_classes(r.transitions, found);
  check_aws_classes(r.noncurrent_transitions, found);
  check_aws_times(r, found);
  if (r.marker_days) found.add(refusals::schema, "AWS has no DelMarkerExpiration");
  if (r.expiration && r.expiration->all_versions) found.add(refusals::schema, "AWS has no ExpiredObjectAllVersions");
}

}  // namespace primecloud::lifecycle
