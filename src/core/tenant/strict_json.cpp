#include "core/tenant/strict_json.hpp"

#include <set>
#include <vector>

namespace primecloud {

std::optional<nlohmann::json> read_strict_object(std::string_view text) {
  using json = nlohmann::json;
  if (text.starts_with("\xEF\xBB\xBF")) return std::nullopt;
  std::vector<std::set<std::string>> members;
  bool refused = false;
  const auto watch = [&](int depth, json::parse_event_t event, json &value) {
    if (depth > 4) refused = true;
    if (event == json::parse_event_t::object_start) members.emplace_back();
    if (event == json::parse_event_t::object_end) members.pop_back();
    if (event == json::parse_event_t::key && !members.back().insert(value.get<std::string>()).second) refused = true;
    return true;
  };
  json document = json::parse(text.begin(), text.end(), watch, false);
  if (document.is_discarded() || refused || !document.is_object()) return std::nullopt;
  return document;
}

std::optional<std::string> text_member(const nlohmann::json &object, const char *name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  auto value = member->get<std::string>();
  if (value.empty() || value.find('\0') != value.npos) return std::nullopt;
  return value;
}

}  // namespace primecloud
