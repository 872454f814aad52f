#include "core/contract/node.hpp"

#include "core/contract/pause.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace primecloud::contract {
namespace {

constexpr std::size_t deepest = 64;

[[noreturn]] void refuse(const std::string &why) {
  throw error(invalid_value, "this is no contract: " + why).with_hint("Give what primecloud.contract() returned.");
}

// Values from events: no recursion, whatever the document is.
class tree_builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  node top;

  bool null() override { return add({}), true; }
  bool boolean(bool value) override { return scalar(node::kind::boolean, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return scalar(node::kind::number, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(node::kind::number, std::to_string(value)); }
  bool number_float(number_float_t, const string_t &written) override { return scalar(node::kind::number, written); }
  bool string(string_t &value) override { return scalar(node::kind::text, value); }
  bool binary(binary_t &) override { return false; }
  bool key(string_t &name) override { return key_ = name, true; }
  bool start_object(std::size_t) override { return open(node::kind::object); }
  bool start_array(std::size_t) override { return open(node::kind::array); }
  bool end_object() override { return within_.pop_back(), true; }
  bool end_array() override { return within_.pop_back(), true; }
  bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override {
    refuse("JSON ends to be one at byte " + std::to_string(position));
  }

 private:
  bool scalar(node::kind is, std::string text) {
    node value;
    value.is = is;
    value.text = std::move(text);
    return add(std::move(value)), true;
  }
  bool open(node::kind is) {
    if (within_.size() == deepest) refuse("it nests too deep");
    node value;
    value.is = is;
    within_.push_back(&add(std::move(value)));
    return true;
  }
  // (A parent takes no other child while this one is open, so the address stays.)
  node &add(node value) {
    if (within_.empty()) return top = std::move(value);
    node &parent = *within_.back();
    if (parent.is == node::kind::array) return parent.items.emplace_back(std::move(value));
    return parent.members.insert_or_assign(std::exchange(key_, {}), std::move(value)).first->second;
  }
  std::vector<node *> within_;
  std::string key_;
};

}  // namespace

const node &node::operator[](std::string_view name) const {
  static const node none;
  pausing::now_and_then();
  const auto found = members.find(name);
  return found == members.end() ? none : found->second;
}

std::string node::text_or(std::string_view other) const { return is == kind::null ? std::string(other) : text; }

bool node::flag_or(bool other) const { return is == kind::boolean ? text == "true" : other; }

int node::count_or(int other) const {
  int value = other;
  if (is == kind::number) std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string> node::texts() const {
  std::vector<std::string> all;
  for (const auto &item : items) all.push_back(item.text);
  return all;
}

node read_document(std::string_view text) {
  tree_builder builder;
  if (!nlohmann::json::sax_parse(text, &builder) || !builder.top.is_object()) refuse("it is no JSON object");
  return std::move(builder.top);
}

}  // namespace primecloud::contract
