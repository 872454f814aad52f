// What MinIO or AWS alone refuses, or accepts and then does not do as written.
#include <algorithm>
#include <set>

#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

constexpr std::int64_t longest_duration = 106'751;  // days that 64 bits of nanoseconds hold
constexpr std::int64_t most_days = 2'147'483'647;
constexpr std::int64_t largest_object = 50LL << 40;  // 50 TiB

// Collects what is wrong with one rule after another.
class findings {
 public:
  void at(std::size_t position, const rule &r) { position_ = position, id_ = r.id; }
  void add(refusal as, std::string what) { all_.push_back({as, std::move(what), {}, position_, id_}); }
  std::vector<problem> take() && { return std::move(all_); }

 private:
  std::vector<problem> all_;
  std::size_t position_ = 0;
  std::string id_;
};

std::int64_t longest_days(const rule &r) {
  std::int64_t days = std::max(r.marker_days.value_or(0), r.abort_days.value_or(0));
  if (r.expiration) days = std::max(days, r.expiration->days.value_or(0));
  if (r.noncurrent_expiration) days = std::max(days, r.noncurrent_expiration->days.value_or(0));
  for (const auto &t : r.transitions) days = std::max(days, t.days.value_or(0));
  for (const auto &t : r.noncurrent_transitions) days = std::max(days, t.days.value_or(0));
  return days;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

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
  for (const auto &t : conditions(*r.filter).tags) {
    if (!is_ascii(t.key) || !is_ascii(t.value))
      found.add(refusals::unheeded, "MinIO gives no object a tag with other letters than those of ASCII: " + t.key +
                                        " = " + t.value + " matches nothing");
  }
}

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

void check_aws(const rule &r, findings &found) {
  check_aws_filter(r, found);
  check_aws_classes(r.transitions, found);
  check_aws_classes(r.noncurrent_transitions, found);
  check_aws_times(r, found);
  if (r.marker_days) found.add(refusals::schema, "AWS has no DelMarkerExpiration");
  if (r.expiration && r.expiration->all_versions) found.add(refusals::schema, "AWS has no ExpiredObjectAllVersions");
}

}  // namespace

std::vector<problem> dialect_problems(const configuration &c, dialect of, bool object_lock) {
  findings found;
  for (std::size_t i = 0; i < c.rules.size(); i++) {
    found.at(i + 1, c.rules[i]);
    of == dialect::minio ? check_minio(c.rules[i], object_lock, found) : check_aws(c.rules[i], found);
  }
  return std::move(found).take();
}

}  // namespace primecloud::lifecycle
