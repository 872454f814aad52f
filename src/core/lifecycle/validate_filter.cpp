// Whether a filter can be: its predicates, their tags and sizes.
#include <algorithm>
#include <set>

#include "core/lifecycle/finding.hpp"

namespace primecloud::lifecycle {
namespace {

finding check_tag(const tag &t) {
  const auto length = character_count(t.key);
  if (length == 0 || length > 128) {
    return found(refusals::tag_key, "a tag key has " + std::to_string(length) + " characters",
                 "A tag key has 1 to 128 characters.");
  }
  if (character_count(t.value) > 256) {
    return found(refusals::tag_value,
                 "the value of tag \"" + t.key + "\" has " + std::to_string(character_count(t.value)) + " characters",
                 "A tag value has at most 256 characters.");
  }
  return {};
}

finding check_and(const predicates &p) {
  if (predicate_count(p) < 2)
    return found(refusals::schema, "And has one predicate",
                 "And joins two or more of Prefix, Tag, ObjectSizeGreaterThan and ObjectSizeLessThan; write "
                 "a single one without And.");
  std::set<std::string_view> keys;
  for (const auto &t : p.tags) {
    if (!keys.insert(t.key).second)
      return found(refusals::same_tag_keys, "And has two tags with the key \"" + t.key.substr(0, 128) + "\"",
                   "An object has one value for a tag key: no object could match.");
  }
  for (const auto &t : p.tags) {
    if (auto wrong = check_tag(t)) return wrong;
  }
  return {};
}

}  // namespace

finding check_filter(const rule &r) {
  if (!r.filter) return {};
  const auto &own = r.filter->own;
  if (r.prefix && own.prefix)
    return found(refusals::schema, "Prefix stands in the rule and in its Filter", "Keep the one in Filter.");
  const auto count = predicate_count(own) + (r.filter->both ? 1 : 0);
  if (count > 1)
    return found(refusals::one_predicate, "Filter has " + std::to_string(count) + " predicates side by side",
                 "Put them into And.");
  if (r.filter->both) {
    if (auto wrong = check_and(*r.filter->both)) return wrong;
    if (r.prefix && !r.prefix->empty() && r.filter->both->prefix && !r.filter->both->prefix->empty()) {
      return found(refusals::schema, "Prefix stands in the rule and in its Filter", "Keep the one in Filter.");
    }
  }
  for (const auto &t : own.tags) {
    if (t.key.empty()) continue;  // last of all: MinIO says nothing of it
    if (auto wrong = check_tag(t)) return wrong;
  }
  const auto &p = conditions(*r.filter);
  const auto size = std::min(p.size_greater_than, p.size_less_than);
  if (size < 0)
    return found(refusals::schema, "an object size is " + std::to_string(size), "A size in bytes is 0 or greater.");
  return {};
}

finding check_keyless_tag(const rule &r) {
  if (!r.filter || r.filter->own.tags.empty()) return {};
  return check_tag(r.filter->own.tags.front());
}

}  // namespace primecloud::lifecycle
