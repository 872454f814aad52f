// What a function is called with.
#include <algorithm>

#include "core/contract/contract_pair.hpp"

namespace primecloud::contract {
namespace {

void diff_argument(contract_pair &both, const std::string &object, const node &before, const node &after) {
  place at;
  at.object = object;
  at.used = {false, true};
  at.argument = true;
  for (const auto *key : {"domain", "element_domain"}) {
    if (before.has(key) && before[key] == after[key]) at.causes.push_back(before[key].text);
  }
  if (before["of"].text == "enum" && before["type"] == after["type"]) at.causes.push_back(before["type"].text);
  const auto had = both.found.size();
  const bool optional = before["optional"].flag_or(false), stays = after["optional"].flag_or(false);
  const node &old_default = before["default"], &new_default = after["default"];
  if (!optional && stays) {
    both.tell(object, "default_added", false, false, "who sent it still does");
  } else if (optional && !stays) {
    both.tell(object, "default_removed", false, true, "calls that leave it out are refused");
  } else if (optional && old_default != new_default) {
    both.tell(object, "default_changed", false, true, "left out, it means another thing");
  }
  const bool default_told = both.found.size() > had;
  if (before["variadic"].flag_or(false) != after["variadic"].flag_or(false))
    both.tell(
        object, "type_changed", false, true,
        after["variadic"].flag_or(false) ? "an array is sent as VARIADIC now" : "values are sent as one array now");
  node was = before, is = after;
  if (default_told) was.members["nullable"] = is["nullable"];
  diff_typed(both, was, is, at);
}

}  // namespace

void diff_arguments(contract_pair &both, const std::string &name, const node &before, const node &after) {
  const auto &was = before["arguments"].items, &is = after["arguments"].items;
  const auto find = [](const std::vector<node> &in, const node &argument) {
    return std::find_if(in.begin(), in.end(), [&](const node &other) { return other["key"] == argument["key"]; });
  };
  const auto object = [&](const node &argument) {
    return name + "(" + argument["name"].text_or(argument["key"].text) + ")";
  };
  std::vector<std::string> old_order, new_order;
  for (const auto &argument : was) {
    const auto next = find(is, argument);
    if (next == is.end()) {
      both.tell(object(argument), "argument_removed", false, true, "calls that name it are refused");
    } else {
      old_order.push_back(argument["key"].text);
      diff_argument(both, object(argument), argument, *next);
    }
  }
  for (const auto &argument : is) {
    if (find(was, argument) != was.end()) {
      new_order.push_back(argument["key"].text);
      continue;
    }
    // In place of one that went it takes what was sent by position; before others it moves them.
    const bool required = !argument["optional"].flag_or(false);
    const bool moves = new_order.size() < old_order.size() && was.size() == old_order.size();
    both.tell(object(argument), "argument_added", false, required || moves,
              required ? "calls that do not know it are refused"
              : moves  ? "calls by position mean another thing"
                       : "it may be left out");
  }
  if (old_order != new_order)
    both.tell(name, "arguments_reordered", false, true, "calls by position mean another thing");
}

}  // namespace primecloud::contract
