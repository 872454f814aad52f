#include "core/lifecycle/reasons.hpp"

namespace primecloud::lifecycle {

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string why_not(const record_view &config, const rule_entry &r, const object &o, mismatch why) {
  switch (why) {
    case mismatch::disabled: return "the rule is disabled";
    case mismatch::prefix: return "the key does not start with " + in_quotes(config.prefix(r));
    case mismatch::size_unknown: return "the rule asks for the size, which is not known";
    case mismatch::size_too_small:
      return "the size is not greater than " + std::to_string(r.size_greater_than) + " bytes";
    case mismatch::size_too_large: return "the size is not less than " + std::to_string(r.size_less_than) + " bytes";
    case mismatch::tags: break;
  }
  object_tags tags(o.tags);
  for (std::uint32_t i = 0; i < r.tags; i++) {
    const auto t = config.tag(r.first_tag + i);
    if (tags.has(config.key(t), config.value(t))) continue;
    const std::string wanted = in_quotes(config.key(t)) + " = " + in_quotes(config.value(t));
    return (tags.usable() ? "the object has no tag " : "the object's tags cannot be read, and the rule asks for ") +
           wanted;
  }
  return {};
}

std::string why_passed(const action_entry &a, passed why, std::int64_t spared) {
  switch (why) {
    case passed::for_latest: return "speaks of the latest version, and this is not the latest";
    case passed::for_noncurrent: return "speaks of noncurrent versions, and this is the latest";
    case passed::for_objects: return "does not speak of delete markers";
    case passed::for_markers: return "speaks of a delete marker that is the latest version";
    case passed::for_sole_markers: return "speaks of a delete marker that is known to be the only version";
    case passed::marker_decides: return "DelMarkerExpiration of the same rule decides for a delete marker";
    case passed::moved_already: return "the object has been moved already";
    case passed::spared:
      return "is spared: " + std::to_string(a.newer_versions) + " noncurrent versions stay, and " +
             std::to_string(spared) + " newer ones do";
    case passed::successor_unknown: return "the time it ceased to be the latest is not known";
    case passed::for_uploads: return "speaks of unfinished uploads";
    case passed::marker_said_false: return "ExpiredObjectDeleteMarker is false";
  }
  return {};
}

}  // namespace primecloud::lifecycle
