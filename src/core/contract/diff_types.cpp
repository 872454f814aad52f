// Types by name: an enum's labels, a domain's demands, and which of them were only renamed.
#include <algorithm>

#include "core/contract/contract_pair.hpp"
#include "core/contract/value_words.hpp"

namespace primecloud::contract {
namespace {

const node *definition(const node &contract, const std::string &type) {
  for (const auto *section : {"enums", "domains"}) {
    const auto found = contract[section].members.find(type);
    if (found != contract[section].members.end()) return &found->second;
  }
  const node &entity = contract["entities"][type];
  return entity["kind"].text == "composite" ? &entity["columns"] : nullptr;
}

// What clients meet of a definition: neither words nor places.
node plain(const node &told) {
  node bare = told;
  for (const auto *key : {"description", "breaks", "position", "source", "name", "error_texts"}) {
    if (const auto found = bare.members.find(key); found != bare.members.end()) bare.members.erase(found);
  }
  for (auto &[name, member] : bare.members) {
    if (member.is_object() && name != "default") member = plain(member);
  }
  return bare;
}

bool alike(const node &was, const node &is) {
  if (was.is != node::kind::array) return plain(was) == plain(is);
  auto before = was.texts(), after = is.texts();
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  return before == after;
}

// The type that stands now wherever `type` stood, if it is one and a new one.
std::string successor(const contract_pair &both, const std::string &type) {
  std::string next;
  const auto old_places = both.used_before.places.find(type);
  if (old_places == both.used_before.places.end()) return {};
  for (const auto &[candidate, places] : both.used_after.places) {
    if (definition(both.before, candidate) != nullptr) continue;
    const bool takes_over =
        std::any_of(places.begin(), places.end(), [&](const auto &p) { return old_places->second.count(p.first) > 0; });
    if (!takes_over) continue;
    const node *was = definition(both.before, type), *is = definition(both.after, candidate);
    if (is == nullptr || !alike(*was, *is)) continue;
    if (!next.empty()) return {};
    next = candidate;
  }
  return next;
}

void diff_enum(contract_pair &both, const std::string &name, const node &before, const node &after) {
  value_type was, is;
  was.type = is.type = name;
  was.of = is.of = "enum";
  was.values = before.items;
  is.values = after.items;
  place at;
  at.object = name;
  at.used = both.of(name);
  diff_values(was, is, at, both.found);
}

void diff_domain(contract_pair &both, const std::string &name, const node &before, const node &after) {
  place at;
  at.object = name;
  at.used = both.of(name);
  if (before["domain"] == after["domain"] && before.has("domain")) at.causes.push_back(before["domain"].text);
  if (before["of"].text == "enum") at.causes.push_back(before["type"].text);
  diff_typed(both, before, after, at);
  diff_default(both, before, after, at);
  const use used = at.used;
  const auto is_opaque = [](const node &check) {
    return check.is_object() && (check["told"].text != "all" || check["not_valid"].flag_or(false));
  };
  for (const auto &[rule, check] : after["checks"].members) {
    if (is_opaque(check) && before["checks"][rule]["text"] != check["text"])
      both.tell(name, "constraint_added", false, used.sent, rule + " demands " + check["text"].text_or("more"));
  }
  for (const auto &[rule, check] : before["checks"].members) {
    if (is_opaque(check) && !after["checks"].has(rule))
      both.tell(name, "constraint_removed", false, false, rule + " is gone");
  }
}

}  // namespace

void find_renamed(contract_pair &both) {
  for (const auto &[type, places] : both.used_before.places) {
    if (definition(both.before, type) == nullptr || definition(both.after, type) != nullptr) continue;
    const std::string next = successor(both, type);
    if (next.empty()) continue;
    both.renamed[next] = type;
    both.tell(type, "type_renamed", false, false, "it is " + next + " now, and the same on the wire");
  }
}

void diff_types(contract_pair &both) {
  for (const auto &[name, labels] : both.before["enums"].members) {
    if (both.after["enums"].has(name)) diff_enum(both, name, labels, both.after["enums"][name]);
    const node &was = both.before["enum_names"][name]["name"], &is = both.after["enum_names"][name]["name"];
    if (was.is == is.is && was != is) both.tell(name, "name_changed", false, false, was.text + " became " + is.text);
  }
  for (const auto &[name, domain] : both.before["domains"].members) {
    if (both.after["domains"].has(name)) diff_domain(both, name, domain, both.after["domains"][name]);
  }
}

}  // namespace primecloud::contract
