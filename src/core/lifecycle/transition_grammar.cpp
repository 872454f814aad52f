// Transition and NoncurrentVersionTransition.
#include "core/lifecycle/days_or_date.hpp"

namespace primecloud::lifecycle {

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

}  // namespace primecloud::lifecycle
