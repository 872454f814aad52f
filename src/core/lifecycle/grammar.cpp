#include "core/lifecycle/grammar.hpp"

#include "core/lifecycle/scalar.hpp"

namespace primecloud::lifecycle {
namespace {

// MinIO's JSON exports print absent values as zeros; the zero date gives them away.
struct days_or_date {
  std::optional<std::int64_t> days;
  std::optional<timestamp> date;
  bool zero_date = false;

  bool read(const element &e, std::string_view of, const position &at) {
    if (e.name == "Days") {
      days = at.integer(e, of);
    } else if (e.name == "Date") {
      date = at.date(e, of);
      zero_date = is_zero_date(*date);
      if (zero_date) date.reset();
    } else {
      return false;
    }
    return true;
  }
};

std::optional<transition> read_transition(const element &e, const position &at) {
  if (!at.holds_something(e)) return std::nullopt;
  at.only(e, {"Days", "Date", "StorageClass"});
  days_or_date when;
  transition read;
  for (const auto &child : e.children) {
    if (child.is == element::kind::null || when.read(child, "Transition", at)) {
      if (when.days && *when.days < 0)
        at.refuse(refusals::transition_days, "Days of Transition is " + std::to_string(*when.days),
                  "Days of Transition is 0 or greater.");
      continue;
    }
    if (child.name == "StorageClass") read.storage_class = at.text(child);
  }
  const bool empty = when.days.value_or(0) == 0 && !when.date && read.storage_class.empty();
  if (empty && at.from == syntax::json) return std::nullopt;
  read.date = when.date;
  read.days = when.days;
  // Without either it is due at once, as with Days 0.
  if (!read.date && !read.days) read.days = 0;
  if (read.date && read.days == 0) read.days.reset();
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

std::optional<noncurrent_transition> read_noncurrent_transition(const element &e, const position &at) {
  constexpr auto name = "NoncurrentVersionTransition";
  if (!at.holds_something(e)) return std::nullopt;
  at.only(e, {"NoncurrentDays", "NewerNoncurrentVersions", "StorageClass"});
  noncurrent_transition read;
  read.days = 0;
  for (const auto &child : e.children) {
    if (child.is == element::kind::null) continue;
    if (child.name == "NoncurrentDays") {
      read.days = at.integer(child, name);
      if (*read.days < 0)
        at.refuse(refusals::transition_days,
                  std::string("NoncurrentDays of ") + name + " is " + std::to_string(*read.days),
                  "NoncurrentDays is 0 or greater.");
    } else if (child.name == "NewerNoncurrentVersions") {
      read.newer_versions = at.integer(child, name);
      if (read.newer_versions < 0)
        at.refuse(refusals::schema, std::string("NewerNoncurrentVersions of ") + name + " is negative",
                  "NewerNoncurrentVersions is 0 or greater.");
    } else if (child.name == "StorageClass") {
      read.storage_class = at.text(child);
    }
  }
  if (at.from == syntax::json && read.storage_class.empty() && *read.days == 0) return std::nullopt;
  return read;
}

// An element that holds one positive number of days.
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

// MinIO's older spelling of two things it now writes apart.
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

// One in XML and in MinIO's JSON, a list in that of AWS.
template <class T, class Read>
void read_list(const element &e, std::vector<T> &into, const position &at, Read read) {
  if (e.is == element::kind::array) {
    for (const auto &one : e.children) {
      if (auto item = read(one, at)) into.push_back(std::move(*item));
    }
  } else if (auto item = read(e, at)) {
    into.push_back(std::move(*item));
  }
}

}  // namespace

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

rule read_rule(const element &e, position at) {
  rule read;
  if (at.from == syntax::json) {
    if (e.is != element::kind::object) at.refuse(refusals::schema, "a rule is not a JSON object");
    if (is_application_rule(e)) return read_application_rule(e, std::move(at));
  }
  if (const auto *id = e.find("ID"); id != nullptr) at.id = id->text.substr(0, 255);
  at.only(e, {"ID", "Status", "Filter", "Prefix", "Expiration", "Transitions", "Transition",
              "NoncurrentVersionExpiration", "NoncurrentVersionTransitions", "NoncurrentVersionTransition",
              "AbortIncompleteMultipartUpload", "DelMarkerExpiration", "AllVersionsExpiration"});
  for (const auto &child : e.children) {
    if (child.is == element::kind::null) continue;
    const auto &name = child.name;
    if (name == "ID") {
      read.id = at.text(child);
    } else if (name == "Status") {
      read.status = at.text(child);
    } else if (name == "Prefix") {
      read.prefix = at.text(child);
    } else if (name == "Filter") {
      at.holds_something(child);  // {} is a filter: every object
      read.filter = read_filter(child, at);
    } else if (name == "Expiration") {
      read.expiration = read_expiration(child, at);
    } else if (name == "Transition" || name == "Transitions") {
      read_list(child, read.transitions, at, read_transition);
    } else if (name == "NoncurrentVersionExpiration") {
      read.noncurrent_expiration = read_noncurrent_expiration(child, at);
    } else if (name == "NoncurrentVersionTransition" || name == "NoncurrentVersionTransitions") {
      read_list(child, read.noncurrent_transitions, at, read_noncurrent_transition);
    } else if (name == "DelMarkerExpiration") {
      read.marker_days = read_days(child, "Days", refusals::marker_days, at);
      if (!read.marker_days && at.holds_something(child))
        at.refuse(refusals::marker_days, "DelMarkerExpiration has no Days", "Days is 1 or greater.");
    } else if (name == "AbortIncompleteMultipartUpload") {
      read.abort_days = read_days(child, "DaysAfterInitiation", refusals::schema, at);
    } else if (name == "AllVersionsExpiration" && at.from == syntax::json) {
      read_all_versions_expiration(child, read, at);
    }
  }
  return read;
}

configuration read_configuration(const element &document, syntax from) {
  configuration read;
  position at{from, 0, {}};
  const element *rules = &document;
  if (from == syntax::xml) {
    if (document.name != "LifecycleConfiguration" && document.name != "BucketLifecycleConfiguration") {
      at.refuse(refusals::root, "the root element is <" + document.name.substr(0, 64) + ">",
                "An S3 lifecycle document starts with <LifecycleConfiguration>.");
    }
  } else if (document.is == element::kind::object) {
    at.only(document, {"Rules", "TransitionDefaultMinimumObjectSize", "ExpiryUpdatedAt"});
    rules = document.find("Rules");
    if (rules == nullptr) at.refuse(refusals::no_rule, "there are no Rules", "Write {\"Rules\": [...]}.");
  }
  if (from == syntax::json && rules->is != element::kind::array) {
    at.refuse(refusals::schema, "Rules is not a list", "Write {\"Rules\": [...]}.");
  }
  for (const auto &child : rules->children) {
    if (from == syntax::xml && child.name == "ExpiryUpdatedAt") continue;
    if (from == syntax::xml && child.name != "Rule") {
      at.refuse(refusals::only_rules, "<" + child.name.substr(0, 64) + "> stands beside the rules",
                "A lifecycle document holds <Rule> elements.");
    }
    at.rule++;
    read.rules.push_back(read_rule(child, at));
  }
  return read;
}

}  // namespace primecloud::lifecycle
