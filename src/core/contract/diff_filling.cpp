// What stands in a column that a writer leaves out, and who may see the column at all.
#include "core/contract/contract_pair.hpp"
#include "core/contract/value_words.hpp"

namespace primecloud::contract {
namespace {

bool has_default(const node &column) { return column["has_default"].flag_or(false); }
bool is_computed(const node &column) { return column["default"]["computed"].flag_or(false); }

std::string default_in_words(const node &column) {
  return is_computed(column) ? "a computed value" : literal(column["default"]["constant"]);
}

// Whether what is left out, or sent, ends as it did when the way the column is filled becomes another.
bool filled_alike(const node &before, const node &after) {
  const std::string &was = before["generated"].text, &is = after["generated"].text;
  const bool computed_before = was == "stored" || was == "virtual", computed_after = is == "stored" || is == "virtual";
  if (computed_before || computed_after) return computed_before && (computed_after || is == "always");
  if (is == "always") return false;
  if (is == "by default")
    return was == "always" || (has_default(before) ? is_computed(before) : !before["nullable"].flag_or(false));
  return has_default(after) && is_computed(after);
}

int rank_of(const std::string &name) {
  if (name == "secret") return 3;
  if (name == "token") return 2;
  return name == "pii" ? 1 : 0;
}

std::string shown(const node &generated) { return generated.text.empty() ? "plain" : generated.text; }

}  // namespace

void diff_default(contract_pair &both, const node &before, const node &after, const place &at) {
  const bool had = has_default(before), has = has_default(after);
  const auto tell = [&](const char *name, bool writers, std::string reason) {
    both.tell(at.object, name, false, writers && at.used.sent, std::move(reason), at.causes);
  };
  if (!had && has) {
    const bool optional = before["nullable"].flag_or(false) || before["optional"].flag_or(false);
    return tell("default_added", optional,
                optional ? "left out, it was null and becomes " + default_in_words(after) : "who sent it still does");
  }
  if (had && !has) return tell("default_removed", true, "left out, it was " + default_in_words(before));
  if (!had || before["default"] == after["default"] || (is_computed(before) && is_computed(after))) return;
  tell("default_changed", true,
       "left out, it was " + default_in_words(before) + " and becomes " + default_in_words(after));
}

void diff_generated(contract_pair &both, const node &before, const node &after, const place &at) {
  const bool alike = filled_alike(before, after);
  both.tell(at.object, "generated_changed", false, !alike,
            shown(before["generated"]) + " became " + shown(after["generated"]), at.causes);
}

void diff_class(contract_pair &both, const node &before, const node &after, const std::string &object,
                const std::vector<std::string> &causes) {
  const int was = rank_of(before["class"].text), is = rank_of(after["class"].text);
  if (was == is) return;
  const bool raised = is > was, unread = was >= 2;
  const std::string reason = before["class"].text_or("public") + " became " + after["class"].text_or("public") +
                             (unread && is < 2 ? ": what was kept from every reader goes out" : "");
  both.tell(object, raised ? "class_raised" : "class_lowered", raised && !unread, false, reason, causes);
  both.found.back().review = !raised && unread;
}

}  // namespace primecloud::contract
