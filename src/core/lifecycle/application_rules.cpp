// Rules as applications keep them, in camelCase JSON lists of their own:
//
//   {"id", "name", "type": "expiration" | "transition", "days", "storageClass"?, "enabled"}
//   {"id", "prefix"?, "status", "expiration"?: {"days"}, "transition"?: {"days", "storageClass"}}
//
// so that a column of such rules becomes a configuration by a cast.
#include "core/lifecycle/grammar.hpp"

namespace primecloud::lifecycle {
namespace {

std::int64_t positive_days(const element *e, std::string_view of, const position &at) {
  if (e == nullptr) at.refuse(refusals::expiration_days, std::string(of) + " has no days", "days is 1 or greater.");
  const auto days = at.integer(*e, of);
  if (days <= 0)
    at.refuse(refusals::expiration_days, "days of " + std::string(of) + " is " + std::to_string(days),
              "days is 1 or greater.");
  return days;
}

transition to_transition(const element &days_and_class, std::string_view of, const position &at) {
  const auto *storage_class = days_and_class.find("storageClass");
  if (storage_class == nullptr || at.text(*storage_class).empty()) {
    at.refuse(refusals::schema, std::string(of) + " has no storageClass", "Name the storage class objects move to.");
  }
  const auto *days = days_and_class.find("days");
  if (days == nullptr) at.refuse(refusals::transition_days, std::string(of) + " has no days", "days is 0 or greater.");
  const auto n = at.integer(*days, of);
  if (n < 0)
    at.refuse(refusals::transition_days, "days of " + std::string(of) + " is " + std::to_string(n),
              "days is 0 or greater.");
  return {n, {}, storage_class->text};
}

std::string read_status(const element &e, const position &at) {
  const auto &status = at.text(e);
  if (status == "enabled" || status == "Enabled") return "Enabled";
  if (status == "disabled" || status == "Disabled") return "Disabled";
  at.refuse(refusals::status, "status is " + lifecycle::quoted(status), "status is Enabled or Disabled.");
}

void read_typed(const element &e, rule &into, const position &at) {
  at.only(e, {"id", "name", "prefix", "type", "days", "storageClass", "enabled"});
  const auto *enabled = e.find("enabled");
  into.status = enabled == nullptr || at.boolean(*enabled, "the rule") ? "Enabled" : "Disabled";
  const auto &type = at.text(*e.find("type"));
  if (type == "expiration") {
    into.expiration = expiration{positive_days(e.find("days"), "the rule", at), {}, {}, {}};
  } else if (type == "transition") {
    into.transitions.push_back(to_transition(e, "the rule", at));
  } else {
    at.refuse(refusals::schema, "type is " + lifecycle::quoted(type), "type is expiration or transition.");
  }
}

void read_nested(const element &e, rule &into, const position &at) {
  at.only(e, {"id", "name", "prefix", "status", "expiration", "transition"});
  const auto *status = e.find("status");
  if (status == nullptr) at.refuse(refusals::no_status, "the rule has no status", "status is Enabled or Disabled.");
  into.status = read_status(*status, at);
  if (const auto *one = e.find("expiration"); one != nullptr && at.holds_something(*one)) {
    at.only(*one, {"days"});
    into.expiration = expiration{positive_days(one->find("days"), "expiration", at), {}, {}, {}};
  }
  if (const auto *one = e.find("transition"); one != nullptr && at.holds_something(*one)) {
    at.only(*one, {"days", "storageClass"});
    into.transitions.push_back(to_transition(*one, "transition", at));
  }
}

}  // namespace

bool is_application_rule(const element &e) noexcept {
  return e.find("id") != nullptr || e.find("status") != nullptr || e.find("type") != nullptr ||
         e.find("enabled") != nullptr;
}

rule read_application_rule(const element &e, position at) {
  rule read;
  if (const auto *id = e.find("id"); id != nullptr && id->is != element::kind::null) {
    read.id = id->is == element::kind::number ? id->text : at.text(*id);
    at.id = read.id.substr(0, 255);
  }
  read.filter.emplace();
  if (const auto *prefix = e.find("prefix");
      prefix != nullptr && prefix->is != element::kind::null && !at.text(*prefix).empty()) {
    read.filter->own.prefix = prefix->text;
  }
  e.find("type") != nullptr ? read_typed(e, read, at) : read_nested(e, read, at);
  return read;
}

}  // namespace primecloud::lifecycle
