#include "core/lifecycle/reasons.hpp"

#include "core/lifecycle/storage_class.hpp"

namespace primecloud::lifecycle {

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string why_not(const record_view &config, const rule_entry &r, const object &o, mismatch why, dialect whose) {
  switch (why) {
    case mismatch::disabled: return "the rule is disabled";
    case mismatch::prefix: return "the key does not start with " + in_quotes(config.prefix(r));
    case mismatch::size_unknown: return "the rule asks for the size, which is not known";
    case mismatch::size_too_small:
      return "the size is not greater than " + std::to_string(r.size_greater_than) + " bytes";
    case mismatch::size_too_large: return "the size is not less than " + std::to_string(r.size_less_than) + " bytes";
    case mismatch::tags: break;
  }
  object_tags tags(o.tags, whose);
  for (std::uint32_t i = 0; i < r.tags; i++) {
    const auto t = config.tag(r.first_tag + i);
    if (tags.has(config.key(t), config.value(t))) continue;
    const std::string wanted = in_quotes(config.key(t)) + " = " + in_quotes(config.value(t));
    if (whose == dialect::minio && !(is_ascii(config.key(t)) && is_ascii(config.value(t))))
      return "MinIO gives no object a tag with other letters than those of ASCII, and the rule asks for " + wanted;
    return (tags.usable() ? "the object has no tag " : "the object's tags cannot be read, and the rule asks for ") +
           wanted;
  }
  return {};
}

std::string why_passed(const record_view &config, const action_entry &a, const object &o, passed why,
                       std::int64_t spared) {
  const std::string to(config.storage_class(a));
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
    case passed::not_the_last: return "MinIO keeps the last transition of a rule alone";
    case passed::no_way_down:
      if (o.transition_status == to) return "the object is in " + to + " already";
      return "AWS moves nothing from " + std::string(o.transition_status) + " to " + to;
    case passed::too_small:
      return "AWS moves no object of less than 128 KB to " + to + ": TransitionDefaultMinimumObjectSize is " +
             std::string(name_of(config.small_objects())) + ", and the rule asks for no size";
    case passed::unknown_to_aws:
      return a.kind == action_entry::expire_marker ? "AWS has no DelMarkerExpiration"
                                                   : "AWS has no ExpiredObjectAllVersions";
  }
  return {};
}

namespace {

std::string rule_of(const event &won) {
  return won.rule_id.empty() ? "a restored copy" : "rule " + in_quotes(won.rule_id);
}

std::string earlier(const weighed &lost, const event &won) {
  if (won.due > lost.due) return "due, but " + rule_of(won) + " has been due since the delete marker was made";
  return "due, but " + rule_of(won) + (won.due < lost.due ? " was due earlier" : " stands earlier");
}

}  // namespace

std::string why_lost(const weighed &lost, const event &won) {
  if (precedence(lost.action) == precedence(won.action)) return earlier(lost, won);
  return "due, but " + std::string(action_name(won.action)) + " of " + rule_of(won) + " goes before " +
         std::string(action_name(lost.action));
}

std::string why_lost_at_aws(const weighed &lost, const event &won, bool for_good) {
  const std::string rule = rule_of(won);
  if (moves(lost.action) && moves(won.action)) {
    if (find_storage_class(lost.storage_class) == find_storage_class(won.storage_class)) return earlier(lost, won);
    return "due, but to AWS " + std::string(won.storage_class) + " of " + rule + " goes before " +
           std::string(lost.storage_class) + ", of what is due the cheapest";
  }
  const bool marks = won.action == action::remove && !for_good;
  if (moves(lost.action) && marks)
    return "due, but " + rule + " puts a delete marker on the object, due on another day than this";
  if (moves(lost.action) && precedence(won.action) < 2)
    return "due, but to AWS permanent deletion, of " + rule + ", goes before a transition";
  if (moves(won.action) && lost.action == action::remove)
    return "due, but to AWS a transition, of " + rule + ", goes before a delete marker that is due on the same day";
  return why_lost(lost, won);
}

}  // namespace primecloud::lifecycle
