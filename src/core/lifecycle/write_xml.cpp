#include "core/lifecycle/scalar.hpp"
#include "core/lifecycle/write.hpp"

namespace primecloud::lifecycle {
namespace {

class xml_writer {
 public:
  explicit xml_writer(dialect d) : for_whom(d) {}
  std::string out;
  const dialect for_whom;

  // <name>...</name> around whatever `body` writes.
  template <class Body>
  void element(std::string_view name, Body body) {
    out.append("<").append(name).append(">");
    body();
    out.append("</").append(name).append(">");
  }
  void text(std::string_view name, std::string_view value) {
    element(name, [&] {
      for (const char c : value) append(c);
    });
  }
  void number(std::string_view name, std::int64_t value) { text(name, std::to_string(value)); }

 private:
  void append(char c) {
    switch (c) {
      case '&': out += "&amp;"; return;
      case '<': out += "&lt;"; return;
      case '>': out += "&gt;"; return;
      case '"': out += "&#34;"; return;
      case '\'': out += "&#39;"; return;
      case '\t': out += "&#x9;"; return;
      case '\n': out += "&#xA;"; return;
      case '\r': out += "&#xD;"; return;
      default: out += c;
    }
  }
};

// ObjectSizeGreaterThan 0 is a predicate to AWS alone.
bool writes_zero(const xml_writer &w, const predicates &p) { return p.greater_than_zero && w.for_whom == dialect::aws; }

void write_predicates(xml_writer &w, const predicates &p) {
  if (p.size_greater_than != 0 || writes_zero(w, p)) w.number("ObjectSizeGreaterThan", p.size_greater_than);
  if (p.size_less_than != 0) w.number("ObjectSizeLessThan", p.size_less_than);
  if (p.prefix) w.text("Prefix", *p.prefix);
  for (const auto &t : p.tags) {
    w.element("Tag", [&] {
      w.text("Key", t.key);
      if (!t.value.empty() || w.for_whom == dialect::aws) w.text("Value", t.value);
    });
  }
}

void write_filter(xml_writer &w, const filter &f) {
  w.element("Filter", [&] {
    if (!f.both) return write_predicates(w, f.own);
    const bool alone = predicate_count(*f.both) == 2 && f.both->greater_than_zero && !writes_zero(w, *f.both);
    if (alone) return write_predicates(w, *f.both);
    w.element("And", [&] { write_predicates(w, *f.both); });
  });
}

void write_expiration(xml_writer &w, const expiration &e) {
  w.element("Expiration", [&] {
    if (e.days) w.number("Days", *e.days);
    if (e.date) w.text("Date", write_date(*e.date));
    if (e.delete_marker) w.text("ExpiredObjectDeleteMarker", *e.delete_marker ? "true" : "false");
    if (e.all_versions) w.text("ExpiredObjectAllVersions", *e.all_versions ? "true" : "false");
  });
}

void write_transition(xml_writer &w, const transition &t) {
  w.element("Transition", [&] {
    // MinIO leaves out Days 0, and reads its absence as 0.
    if (t.days && (*t.days != 0 || w.for_whom == dialect::aws)) w.number("Days", *t.days);
    if (t.date) w.text("Date", write_date(*t.date));
    w.text("StorageClass", t.storage_class);
  });
}

void write_rule(xml_writer &w, const rule &r) {
  w.text("ID", r.id);
  w.text("Status", r.status);
  if (r.filter) write_filter(w, *r.filter);
  if (r.prefix) w.text("Prefix", *r.prefix);
  if (r.expiration) write_expiration(w, *r.expiration);
  for (const auto &t : r.transitions) write_transition(w, t);
  if (r.marker_days) w.element("DelMarkerExpiration", [&] { w.number("Days", *r.marker_days); });
  if (const auto &e = r.noncurrent_expiration) {
    w.element("NoncurrentVersionExpiration", [&] {
      if (e->days) w.number("NoncurrentDays", *e->days);
      if (e->newer_versions != 0) w.number("NewerNoncurrentVersions", e->newer_versions);
    });
  }
  for (const auto &t : r.noncurrent_transitions) {
    w.element("NoncurrentVersionTransition", [&] {
      w.number("NoncurrentDays", t.days.value_or(0));
      if (t.newer_versions != 0) w.number("NewerNoncurrentVersions", t.newer_versions);
      w.text("StorageClass", t.storage_class);
    });
  }
  if (r.abort_days)
    w.element("AbortIncompleteMultipartUpload", [&] { w.number("DaysAfterInitiation", *r.abort_days); });
}

}  // namespace

std::string write_xml(const configuration &c, dialect for_whom) {
  xml_writer w(for_whom);
  w.out = for_whom == dialect::aws ? "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                                   : "<LifecycleConfiguration>";
  for (const auto &r : c.rules) w.element("Rule", [&] { write_rule(w, r); });
  return std::move(w.out.append("</LifecycleConfiguration>"));
}

}  // namespace primecloud::lifecycle
