// How the room's types travel: lifecycle and object_version (lifecycle/answer.hpp: lifecycle_event).
#pragma once

#include "core/lifecycle/evaluate.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/row_reader.hpp"
#include "pg/site_memory.hpp"

namespace primecloud::lifecycle {

// A stored configuration, unpacked once for each place in a query.
struct stored {
  bytes record;
  record_view view() const noexcept { return record_view(record); }
};

// The bytes of a configuration about to be stored.
struct made {
  std::vector<std::uint8_t> record;
};

}  // namespace primecloud::lifecycle

namespace primecloud::pg {

template <>
struct datum<lifecycle::stored> {
  static constexpr const char *sql = "primecloud.lifecycle";
};

template <>
inline lifecycle::stored argument<lifecycle::stored>(FunctionCallInfo fcinfo, int i) {
  const Datum d = fcinfo->args[i].value;
  site_memory *const site = site_memory::of(fcinfo);
  if (site == nullptr) return {bytes_in(d)};
  return {site->unpack(fcinfo, d)};
}
template <>
inline std::optional<lifecycle::stored> argument<std::optional<lifecycle::stored>>(FunctionCallInfo fcinfo, int i) {
  if (fcinfo->args[i].isnull) return std::nullopt;
  return argument<lifecycle::stored>(fcinfo, i);
}

template <>
struct datum<lifecycle::made> {
  static constexpr const char *sql = "primecloud.lifecycle";
  static Datum put(const lifecycle::made &v) { return datum<std::vector<std::uint8_t>>::put(v.record); }
};

template <>
struct datum<lifecycle::object> {
  static constexpr const char *sql = "primecloud.object_version";
  SERVER_CODE static lifecycle::object get(Datum d) { return read(d, true); }
  SERVER_CODE static lifecycle::object read(Datum d, bool latest_unless_said) {
    const auto [key, version_id, mod_time, size, is_latest, delete_marker, num_versions, successor_mod_time, tags,
                transition_status, restore_expires, legal_hold, retain_until, replication_pending] =
        read_row<std::string_view, std::string_view, timestamp, int64, bool, bool, int32, timestamp, std::string_view,
                 std::string_view, timestamp, bool, timestamp, bool>(d);
    lifecycle::object o;
    o.key = key.value_or("");
    o.version_id = version_id.value_or("");
    o.mod_time = mod_time;
    o.size = size;
    o.is_latest = is_latest.value_or(latest_unless_said);
    o.delete_marker = delete_marker.value_or(false);
    o.num_versions = num_versions;
    o.successor_mod_time = successor_mod_time;
    o.tags = tags.value_or("");
    o.transition_status = transition_status.value_or("");
    o.restore_expires = restore_expires;
    o.legal_hold = legal_hold.value_or(false);
    o.retain_until = retain_until;
    o.replication_pending = replication_pending.value_or(false);
    return o;
  }
};

// All versions of a key, newest first: what a version does not say of its place
// among the others is told by the place it has.
template <>
struct datum<std::span<const lifecycle::object>> {
  static constexpr const char *sql = "primecloud.object_version[]";
  SERVER_CODE static std::span<const lifecycle::object> get(Datum d) {
    const auto elements = read_array(d);
    auto *objects = static_cast<lifecycle::object *>(palloc(sizeof(lifecycle::object) * (elements.size() + 1)));
    for (size_t i = 0; i < elements.size(); i++) {
      auto &o = *new (&objects[i]) lifecycle::object(datum<lifecycle::object>::read(elements[i], i == 0));
      if (!o.num_versions) o.num_versions = static_cast<int32>(elements.size());
      if (!o.is_latest && !o.successor_mod_time && i > 0) o.successor_mod_time = objects[i - 1].mod_time;
    }
    return {objects, elements.size()};
  }
};

}  // namespace primecloud::pg
