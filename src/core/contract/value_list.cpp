#include "core/contract/value_list.hpp"

#include <algorithm>

#include "core/contract/pause.hpp"

namespace primecloud::contract {
namespace {

bool is_plain(const node &value) { return value.is != node::kind::array && value.is != node::kind::object; }

}  // namespace

value_list::value_list(const std::vector<node> &values) {
  for (const node &value : values) {
    pausing::now_and_then();
    if (is_plain(value))
      plain_.emplace(value.is, value.text);
    else
      others_.push_back(&value);
  }
}

bool value_list::has(const node &value) const {
  pausing::now_and_then();
  if (is_plain(value)) return plain_.count({value.is, value.text}) > 0;
  return std::any_of(others_.begin(), others_.end(), [&](const node *other) {
    pausing::now_and_then();
    return *other == value;
  });
}

}  // namespace primecloud::contract
