// Filter: nothing, one predicate, or And of several.
#include "core/lifecycle/grammar.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

tag read_tag(const element &e, const position &at) {
  tag read;
  bool key = false, value = false;
  for (const auto &child : e.children) {
    if (child.is == element::kind::null) continue;
    const bool is_key = child.name == "Key";
    if (!is_key && child.name != "Value") {
      at.refuse(refusals::unknown_tag, lifecycle::quoted(child.name) + " is not known in Tag",
                "A Tag has one Key and one Value.");
    }
    if (std::exchange(is_key ? key : value, true)) {
      at.refuse(refusals::duplicate_tag, "Tag has two " + child.name + " elements",
                "A Tag has one Key and one Value; several tags stand in And, each in a Tag of its own.");
    }
    (is_key ? read.key : read.value) = at.text(child);
  }
  return read;
}

// The predicates that Filter and And share.  False if the name is none of theirs.
bool read_predicate(const element &e, std::string_view inside, predicates &into, const position &at) {
  if (e.name == "Prefix") {
    into.prefix = at.text(e);
  } else if (e.name == "ObjectSizeGreaterThan") {
    into.size_greater_than = at.integer(e, inside);
    into.greater_than_zero = into.size_greater_than == 0;
  } else if (e.name == "ObjectSizeLessThan") {
    into.size_less_than = at.integer(e, inside);
  } else {
    return false;
  }
  return true;
}

predicates read_and(const element &e, const position &at) {
  predicates read;
  const element *unheeded = nullptr;
  at.only(e, {"Prefix", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan"});
  for (const auto &child : e.children) {
    if (child.is == element::kind::null) continue;
    if (child.name == "Tags" && at.from == syntax::json) {
      if (child.is != element::kind::array)
        at.refuse(refusals::schema, "Tags of And is not a list",
                  "Write Tags as a JSON list of {\"Key\": ..., \"Value\": ...}.");
      for (const auto &one : child.children) read.tags.push_back(read_tag(one, at));
    } else if (child.name == "Tag") {
      read.tags.push_back(read_tag(child, at));
    } else if (!read_predicate(child, "And", read, at)) {
      unheeded = &child;  // MinIO heeds nothing else here, and refuses nothing
    }
  }
  // Unless nothing is left: that would be every object.
  if (unheeded != nullptr && read.empty()) {
    at.refuse(refusals::unknown_tag, "<" + unheeded->name.substr(0, 64) + "> is not known in And",
              "And holds two or more of Prefix, Tag, ObjectSizeGreaterThan and ObjectSizeLessThan.");
  }
  return read;
}

}  // namespace

filter read_filter(const element &e, const position &at) {
  filter read;
  at.only(e, {"Prefix", "Tag", "And", "ObjectSizeGreaterThan", "ObjectSizeLessThan"});
  for (const auto &child : e.children) {
    if (child.is == element::kind::null) continue;
    if (child.name == "And") {
      if (at.holds_something(child)) read.both = read_and(child, at);
    } else if (child.name == "Tag") {
      if (at.holds_something(child)) read.own.tags.assign(1, read_tag(child, at));
    } else if (!read_predicate(child, "Filter", read.own, at)) {
      at.refuse(refusals::unknown_tag, "<" + child.name.substr(0, 64) + "> is not known in Filter",
                "A Filter holds one of Prefix, Tag, ObjectSizeGreaterThan, ObjectSizeLessThan or And.");
    }
  }
  // What clients print for a tag that is not there; a value without a key is a mistake, not every object.
  std::erase_if(read.own.tags, [](const tag &t) { return t.key.empty() && t.value.empty(); });
  const bool zero_alone = read.both && read.both->greater_than_zero && predicate_count(*read.both) == 1;
  if (read.both && (read.both->empty() || zero_alone)) read.both.reset();
  // Client libraries print an empty Prefix beside the predicate that is meant.
  const bool another =
      read.both || !read.own.tags.empty() || read.own.size_greater_than != 0 || read.own.size_less_than != 0;
  const bool zero = read.own.greater_than_zero;
  if (at.from == syntax::json && (another || zero) && read.own.prefix == "") read.own.prefix.reset();
  // Beside another predicate it is none, as to MinIO: AWS wants And around the two.
  read.own.greater_than_zero = zero && !another && !read.own.prefix;
  return read;
}

}  // namespace primecloud::lifecycle
