// The rules once more, written as plainly as they read and sharing nothing with the
// engine but the document model: strings, maps, a list of candidates, a sort.  As MinIO
// decides.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/lifecycle/configuration.hpp"
#include "core/lifecycle/object.hpp"

namespace primecloud::lifecycle::plain {

inline const std::int64_t day = 24LL * 60 * 60 * 1'000'000;

// Microseconds since 2000 as a day count through the standard calendar.
inline __int128 due(__int128 t, __int128 days) {
  if (days == 0) return t;
  const __int128 raw = t + (days + 1) * day;
  __int128 floor = raw / day * day;
  if (floor > raw) floor -= day;
  return floor;
}

// The tags of an object; nothing if they are unusable.
inline std::optional<std::map<std::string, std::string>> tags_of(std::string_view query) {
  std::map<std::string, std::string> tags;
  std::string pair;
  const auto decode = [](const std::string &text) -> std::optional<std::string> {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i++) {
      if (text[i] == '%') {
        const auto hex = text.substr(i + 1, 2);
        if (hex.size() != 2 || hex.find_first_not_of("0123456789abcdefABCDEF") != hex.npos) return std::nullopt;
        out += static_cast<char>(std::stoi(hex, nullptr, 16));
        i += 2;
      } else {
        out += text[i] == '+' ? ' ' : text[i];
      }
    }
    for (const char c : out) {
      if (!std::isalnum(static_cast<unsigned char>(c)) && std::string("+-._:/@ =").find(c) == std::string::npos)
        return std::nullopt;
    }
    return out;
  };
  const auto take = [&]() -> bool {
    if (pair.empty()) return true;
    const auto equals = pair.find('=');
    const auto key = decode(pair.substr(0, equals)), value = decode(equals == pair.npos ? "" : pair.substr(equals + 1));
    pair.clear();
    if (!key || !value || key->empty() || key->size() > 128 || value->size() > 256) return false;
    return tags.emplace(*key, *value).second && tags.size() <= 10;
  };
  for (const char c : std::string(query) + "&") {
    if (c != '&')
      pair += c;
    else if (!take())
      return std::nullopt;
  }
  return tags;
}

inline bool matches(const rule &r, const object &o) {
  if (r.status != "Enabled") return false;
  predicates p;
  if (r.filter) p = r.filter->both ? *r.filter->both : r.filter->own;
  std::string prefix = r.prefix.value_or("");
  if (prefix.empty()) prefix = p.prefix.value_or("");
  if (std::string(o.key).rfind(prefix, 0) != 0) return false;
  if (!p.tags.empty()) {
    const auto tags = tags_of(o.tags);
    if (!tags) return false;
    for (const auto &t : p.tags) {
      const auto found = tags->find(t.key);
      if (found == tags->end() || found->second != t.value) return false;
    }
  }
  if (o.delete_marker) return true;
  if (p.size_greater_than > 0 && !(o.size && *o.size > p.size_greater_than)) return false;
  if (p.size_less_than > 0 && !(o.size && *o.size < p.size_less_than)) return false;
  return true;
}

struct candidate {
  int rank;
  __int128 due;
  std::size_t order;
  action does;
  std::string rule_id, storage_class;
  bool ever = false;
};

inline int rank(action a) {
  if (a == action::remove_all_versions || a == action::marker_remove_all_versions) return 1;
  if (a == action::remove || a == action::remove_version) return 2;
  return a == action::transition || a == action::transition_version ? 3 : 4;
}

// Everything due at `now` for one version.
inline std::vector<candidate> candidates(const configuration &c, const object &o, timestamp at, std::int64_t spared) {
  std::vector<candidate> all;
  if (!o.mod_time || o.key.empty()) return all;
  const __int128 now = at.microseconds, made = o.mod_time->microseconds;
  const auto add = [&](action does, __int128 when, const rule *r, const std::string &storage_class = "") {
    if (!(now > when)) return false;
    all.push_back({rank(does), when, all.size(), does, r ? r->id : "", storage_class, false});
    return true;
  };
  const auto at_once = [&](action does, const rule *r) {
    all.push_back({rank(does), now, all.size(), does, r ? r->id : "", "", false});
  };

  if (o.restore_expires && now > o.restore_expires->microseconds)
    at_once(o.is_latest ? action::remove_restored : action::remove_restored_version, nullptr);
  for (const auto &r : c.rules) {
    if (!matches(r, o)) continue;
    if (o.delete_marker && o.num_versions == 1 && r.expiration) {
      // Since it was made, and told as due now.
      if (r.expiration->delete_marker == true)
        all.push_back({rank(action::remove_version), made, all.size(), action::remove_version, r.id, "", true});
      else if (r.expiration->days)
        add(action::remove_version, due(made, *r.expiration->days), &r);
    }
    if (o.is_latest && o.delete_marker && r.marker_days) {
      add(action::marker_remove_all_versions, due(made, *r.marker_days), &r);
      continue;
    }
    if (!o.is_latest && o.successor_mod_time) {
      const __int128 succeeded = o.successor_mod_time->microseconds;
      if (const auto &e = r.noncurrent_expiration; e && (e->newer_versions == 0 || spared >= e->newer_versions)) {
        add(action::remove_version, due(succeeded, e->days.value_or(0)), &r);
      }
      // The last of them, and of every version.
      if (!r.noncurrent_transitions.empty() && !o.delete_marker && o.transition_status != "complete") {
        const auto &t = r.noncurrent_transitions.back();
        add(action::transition_version, due(succeeded, *t.days), &r, t.storage_class);
      }
    }
    if (o.is_latest && !o.delete_marker) {
      if (const auto &e = r.expiration) {
        if (e->date) add(action::remove, e->date->microseconds, &r);
        if (e->days)
          add(e->all_versions == true ? action::remove_all_versions : action::remove, due(made, *e->days), &r);
      }
      if (!r.transitions.empty() && o.transition_status != "complete") {
        const auto &t = r.transitions.back();
        add(action::transition, t.date ? __int128{t.date->microseconds} : due(made, *t.days), &r, t.storage_class);
      }
    }
  }
  return all;
}

inline candidate evaluate(const configuration &c, const object &o, timestamp at, std::int64_t spared) {
  auto all = candidates(c, o, at, spared);
  if (all.empty()) return {0, 0, 0, action::none, "", "", false};
  auto first = *std::min_element(all.begin(), all.end(), [](const auto &a, const auto &b) {
    return std::tie(a.rank, a.due, a.order) < std::tie(b.rank, b.due, b.order);
  });
  if (first.ever) first.due = at.microseconds;
  return first;
}

inline std::vector<candidate> evaluate_set(const configuration &c, const std::vector<object> &versions, timestamp at,
                                           bool lock) {
  std::vector<candidate> all(versions.size(), candidate{0, 0, 0, action::none, "", "", false});
  std::int64_t spared = 0;
  for (std::size_t i = 0; i < versions.size(); i++) {
    const auto &o = versions[i];
    auto e = evaluate(c, o, at, spared);
    const bool locked = lock && !o.delete_marker && (o.legal_hold || (o.retain_until && *o.retain_until > at));
    if (e.rank == 1 && lock) e.does = action::none;
    if ((e.does == action::remove_version || e.does == action::remove_restored_version) &&
        (o.version_id.empty() || locked || o.replication_pending))
      e.does = action::none;
    if (!o.is_latest && e.does != action::remove_version) spared++;
    all[i] = e;
    if (e.does == action::remove_all_versions || e.does == action::marker_remove_all_versions) break;
  }
  return all;
}

}  // namespace primecloud::lifecycle::plain
