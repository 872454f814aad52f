// Why a lifecycle configuration is refused: which rule, what is wrong, what is
// allowed, and what S3 and MinIO would have said, which is what people search for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace primecloud::lifecycle {

// The texts of MinIO, word for word, and the code S3 answers with.
struct refusal {
  std::string_view code, text;
};

namespace refusals {
inline constexpr refusal schema{
    "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"};
inline constexpr refusal expiration_days{"InvalidArgument", "Days must be positive integer when used with Expiration"};
inline constexpr refusal transition_days{"InvalidArgument", "Days must be 0 or greater when used with Transition"};
inline constexpr refusal marker_days{"InvalidArgument", "Days must be a positive integer with DelMarkerExpiration"};
inline constexpr refusal date_form{"MalformedXML", "Date must be provided in ISO 8601 format"};
inline constexpr refusal date_midnight{"InvalidArgument", "'Date' must be at midnight GMT"};
inline constexpr refusal duplicate_tag{"MalformedXML", "duplicated XML Tag"};
inline constexpr refusal unknown_tag{"MalformedXML", "unknown XML Tag"};
inline constexpr refusal number{"MalformedXML", "invalid syntax"};
inline constexpr refusal root{"MalformedXML",
                              "expected element type <LifecycleConfiguration>/<BucketLifecycleConfiguration>"};
inline constexpr refusal only_rules{"MalformedXML", "expected element type <Rule>"};
inline constexpr refusal too_many_rules{"InvalidArgument", "Lifecycle configuration allows a maximum of 1000 rules"};
inline constexpr refusal no_rule{"MalformedXML", "Lifecycle configuration should have at least one rule"};
inline constexpr refusal long_id{"InvalidArgument", "ID length is limited to 255 characters"};
inline constexpr refusal no_status{"MalformedXML", "Status should not be empty"};
inline constexpr refusal status{"MalformedXML", "Status must be set to either Enabled or Disabled"};
inline constexpr refusal delete_marker{
    "InvalidRequest", "Delete marker cannot be specified with Days or Date in a Lifecycle Expiration Policy"};
inline constexpr refusal expiration_both{"InvalidRequest",
                                         "Exactly one of Days (positive integer) or Date (positive ISO 8601 "
                                         "format) should be present inside Expiration."};
inline constexpr refusal all_versions{
    "InvalidArgument", "Days (positive integer) should be present inside Expiration with ExpiredObjectAllVersions."};
inline constexpr refusal one_predicate{"MalformedXML", "Filter must have exactly one of Prefix, Tag, or And specified"};
inline constexpr refusal same_tag_keys{"InvalidRequest", "Duplicate Tag Keys are not allowed"};
inline constexpr refusal tag_key{"InvalidTag", "The TagKey you have provided is invalid"};
inline constexpr refusal tag_value{"InvalidTag", "The TagValue you have provided is invalid"};
inline constexpr refusal transition_both{
    "InvalidRequest",
    "Exactly one of Days (0 or greater) or Date (positive ISO 8601 format) should be present in Transition."};
inline constexpr refusal marker_and_tags{"InvalidRequest",
                                         "Rule with DelMarkerExpiration cannot have tags based filtering"};
inline constexpr refusal object_lock{"InvalidRequest",
                                     "ExpiredObjectAllVersions element and DelMarkerExpiration action cannot "
                                     "be used on an object locked bucket"};
inline constexpr refusal same_ids{"InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule"};
inline constexpr refusal request{"InvalidRequest", ""};
inline constexpr refusal argument{"InvalidArgument", ""};
inline constexpr refusal limit{"", ""};     // ours: the document is too large or too deep
inline constexpr refusal unheeded{"", ""};  // accepted, and then not done as written
}  // namespace refusals

struct problem {
  refusal as;
  std::string what;      // what is wrong, with the value
  std::string allowed;   // what would be right
  std::size_t rule = 0;  // counted from 1; 0 is the document
  std::string id{};      // of that rule, if it has one
};

// "rule 2 (ID "logs"): Days of Expiration is 0"
inline std::string sentence(const problem &p) {
  if (p.rule == 0) return p.what;
  std::string text = "rule " + std::to_string(p.rule);
  if (!p.id.empty()) text += " (ID \"" + p.id + "\")";
  return text + ": " + p.what;
}

// The error a bad literal ends in: 22P02, or 54000 for what is merely too large.
inline error to_error(const problem &p) {
  const bool too_large = p.as.code.empty();
  auto refused = error(too_large ? limit_exceeded : invalid_text, "invalid lifecycle configuration: " + sentence(p));
  if (!p.as.text.empty()) {
    refused.detail.append("MinIO, which takes XML alone, would say: ")
        .append(p.as.text)
        .append(" (")
        .append(p.as.code)
        .append(")");
  }
  refused.hint = p.allowed;
  return refused;
}

// Thrown inside the readers alone; the parser's entry turns it into a result.
struct refused {
  problem why;
};

}  // namespace primecloud::lifecycle
