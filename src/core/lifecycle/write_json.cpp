#include "core/json/writer.hpp"
#include "core/lifecycle/scalar.hpp"
#include "core/lifecycle/write.hpp"

namespace primecloud::lifecycle {
namespace {

struct append_to {
  std::string *out;
  void operator()(std::string_view piece) const { *out += piece; }
};
using writer = json_writer<append_to>;

void write_tag(writer &w, const tag &t) {
  w.open('{');
  w.text("Key", t.key);
  w.text("Value", t.value);
  w.close('}');
}

void write_predicates(writer &w, const predicates &p, bool in_and) {
  if (p.prefix) w.text("Prefix", *p.prefix);
  if (p.size_greater_than != 0 || p.greater_than_zero) w.number("ObjectSizeGreaterThan", p.size_greater_than);
  if (p.size_less_than != 0) w.number("ObjectSizeLessThan", p.size_less_than);
  if (p.tags.empty()) return;
  if (!in_and) {
    w.name("Tag");
    write_tag(w, p.tags.front());
    return;
  }
  w.name("Tags");
  w.open('[');
  for (const auto &t : p.tags) {
    w.next();
    write_tag(w, t);
  }
  w.close(']');
}

void write_filter(writer &w, const filter &f) {
  w.name("Filter");
  w.open('{');
  if (f.both) {
    w.name("And");
    w.open('{');
    write_predicates(w, *f.both, true);
    w.close('}');
  } else {
    write_predicates(w, f.own, false);
  }
  w.close('}');
}

void write_when(writer &w, const std::optional<std::int64_t> &days, const std::optional<timestamp> &date) {
  if (days) w.number("Days", *days);
  if (date) w.text("Date", write_date(*date));
}

void write_expiration(writer &w, const expiration &e) {
  w.name("Expiration");
  w.open('{');
  write_when(w, e.days, e.date);
  if (e.delete_marker) w.truth("ExpiredObjectDeleteMarker", *e.delete_marker);
  if (e.all_versions) w.truth("ExpiredObjectAllVersions", *e.all_versions);
  w.close('}');
}

void write_transitions(writer &w, const std::vector<transition> &all) {
  w.name("Transitions");
  w.open('[');
  for (const auto &t : all) {
    w.next();
    w.open('{');
    write_when(w, t.days, t.date);
    w.text("StorageClass", t.storage_class);
    w.close('}');
  }
  w.close(']');
}

void write_noncurrent(writer &w, const rule &r) {
  if (const auto &e = r.noncurrent_expiration) {
    w.name("NoncurrentVersionExpiration");
    w.open('{');
    if (e->days) w.number("NoncurrentDays", *e->days);
    if (e->newer_versions != 0) w.number("NewerNoncurrentVersions", e->newer_versions);
    w.close('}');
  }
  if (r.noncurrent_transitions.empty()) return;
  w.name("NoncurrentVersionTransitions");
  w.open('[');
  for (const auto &t : r.noncurrent_transitions) {
    w.next();
    w.open('{');
    w.number("NoncurrentDays", t.days.value_or(0));
    if (t.newer_versions != 0) w.number("NewerNoncurrentVersions", t.newer_versions);
    w.text("StorageClass", t.storage_class);
    w.close('}');
  }
  w.close(']');
}

void write_days(writer &w, std::string_view element, std::string_view name, const std::optional<std::int64_t> &days) {
  if (!days) return;
  w.name(element);
  w.open('{');
  w.number(name, *days);
  w.close('}');
}

void write_rule(writer &w, const rule &r) {
  w.next();
  w.open('{');
  w.text("ID", r.id);
  w.text("Status", r.status);
  if (r.filter) write_filter(w, *r.filter);
  if (r.prefix) w.text("Prefix", *r.prefix);
  if (r.expiration) write_expiration(w, *r.expiration);
  if (!r.transitions.empty()) write_transitions(w, r.transitions);
  write_noncurrent(w, r);
  write_days(w, "DelMarkerExpiration", "Days", r.marker_days);
  write_days(w, "AbortIncompleteMultipartUpload", "DaysAfterInitiation", r.abort_days);
  w.close('}');
}

}  // namespace

std::string write_json(const configuration &c) {
  std::string out;
  writer w({&out}, ", ", ": ");  // as AWS prints it
  w.open('{');
  w.name("Rules");
  w.open('[');
  for (const auto &r : c.rules) write_rule(w, r);
  w.close(']');
  if (c.minimum_size) w.text("TransitionDefaultMinimumObjectSize", name_of(*c.minimum_size));
  if (c.dialect) w.text("Dialect", name_of(*c.dialect));
  w.close('}');
  return out;
}

}  // namespace primecloud::lifecycle
