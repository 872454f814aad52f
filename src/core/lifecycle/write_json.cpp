#include <cstdio>

#include "core/lifecycle/scalar.hpp"
#include "core/lifecycle/write.hpp"

namespace primecloud::lifecycle {
namespace {

class json_writer {
 public:
  std::string out;

  void open(char bracket) { out += bracket, first_ = true; }
  void close(char bracket) { out += bracket, first_ = false; }
  void next() {
    if (!first_) out += ", ";
    first_ = false;
  }
  void name(std::string_view n) {
    next();
    out.append("\"").append(n).append("\": ");
  }
  void text(std::string_view n, std::string_view value) {
    name(n);
    out += '"';
    for (const char c : value) append(c);
    out += '"';
  }
  void number(std::string_view n, std::int64_t value) {
    name(n);
    out += std::to_string(value);
  }
  void truth(std::string_view n, bool value) {
    name(n);
    out += value ? "true" : "false";
  }

 private:
  void append(char c) {
    switch (c) {
      case '"': out += "\\\""; return;
      case '\\': out += "\\\\"; return;
      case '\n': out += "\\n"; return;
      case '\r': out += "\\r"; return;
      case '\t': out += "\\t"; return;
      default: out += c;  // no other control character gets this far
    }
  }
  bool first_ = true;
};

void write_tag(json_writer &w, const tag &t) {
  w.open('{');
  w.text("Key", t.key);
  w.text("Value", t.value);
  w.close('}');
}

void write_predicates(json_writer &w, const predicates &p, bool in_and) {
  if (p.prefix) w.text("Prefix", *p.prefix);
  if (p.size_greater_than != 0) w.number("ObjectSizeGreaterThan", p.size_greater_than);
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

void write_filter(json_writer &w, const filter &f) {
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

void write_when(json_writer &w, const std::optional<std::int64_t> &days, const std::optional<timestamp> &date) {
  if (days) w.number("Days", *days);
  if (date) w.text("Date", write_date(*date));
}

void write_expiration(json_writer &w, const expiration &e) {
  w.name("Expiration");
  w.open('{');
  write_when(w, e.days, e.date);
  if (e.delete_marker) w.truth("ExpiredObjectDeleteMarker", *e.delete_marker);
  if (e.all_versions) w.truth("ExpiredObjectAllVersions", *e.all_versions);
  w.close('}');
}

void write_transitions(json_writer &w, const std::vector<transition> &all) {
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

void write_noncurrent(json_writer &w, const rule &r) {
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

void write_days(json_writer &w, std::string_view element, std::string_view name,
                const std::optional<std::int64_t> &days) {
  if (!days) return;
  w.name(element);
  w.open('{');
  w.number(name, *days);
  w.close('}');
}

void write_rule(json_writer &w, const rule &r) {
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
  json_writer w;
  w.open('{');
  w.name("Rules");
  w.open('[');
  for (const auto &r : c.rules) write_rule(w, r);
  w.close(']');
  w.close('}');
  return std::move(w.out);
}

}  // namespace primecloud::lifecycle
