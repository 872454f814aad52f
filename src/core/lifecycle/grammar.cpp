#include "core/lifecycle/grammar.hpp"

namespace primecloud::lifecycle {
namespace {

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

// A member of the document that holds one of two words, if it is there.
template <class Find>
auto read_one_of(std::string_view name, const element &document, Find find, std::string_view words, const position &at)
    -> decltype(find({})) {
  const auto *e = document.find(name);
  if (e == nullptr || e->is == element::kind::null) return std::nullopt;
  const auto found = find(at.text(*e));
  if (!found)
    at.refuse(refusals::schema, std::string(name) + " is " + lifecycle::quoted(e->text),
              "It is " + std::string(words) + ".");
  return found;
}

}  // namespace

rule read_rule(const element &e, position at) {
  rule read;
  if (at.from == syntax::json) {
    if (e.is != element::kind::object)
      at.refuse(refusals::schema, "a rule is not a JSON object",
                "Write each rule as {\"ID\": ..., \"Status\": ..., ...}.");
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
    at.only(document, {"Rules", "TransitionDefaultMinimumObjectSize", "ExpiryUpdatedAt", "Dialect"});
    read.minimum_size = read_one_of("TransitionDefaultMinimumObjectSize", document, find_minimum_size,
                                    "all_storage_classes_128K or varies_by_storage_class", at);
    read.dialect = read_one_of("Dialect", document, find_dialect, "minio or aws", at);
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
