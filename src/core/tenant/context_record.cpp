// The record of an identity: how it is laid out in one block, and how an id is found in it.
#include <algorithm>
#include <limits>

#include "core/tenant/identity.hpp"

namespace primecloud {

std::size_t context_record::size(const identity &who) noexcept {
  std::size_t bytes =
      sizeof(context_record) + (who.tenant ? who.tenant->size() : 0) + who.user.size() + who.token_key.size();
  for (const auto &id : who.granted) bytes += sizeof(std::uint32_t) + 1 + id.size();
  return bytes;
}

void context_record::build(void *block, const identity &who) noexcept {
  auto *record = new (block) context_record{};
  record->has_tenant = who.tenant.has_value();
  record->assumed = who.assumed;
  record->rank = who.role ? static_cast<std::uint8_t>(*who.role) : 0;
  record->expires_known = who.expires.has_value();
  if (who.expires) record->expires = *who.expires;
  record->granted_count_ = static_cast<std::uint32_t>(who.granted.size());
  auto *const places = reinterpret_cast<std::uint32_t *>(record + 1);
  char *const start = reinterpret_cast<char *>(places + who.granted.size()), *text = start;
  if (who.tenant) {
    if (const auto key = parse_uuid(*who.tenant)) record->has_uuid = true, record->tenant_uuid = *key;
    if (const auto key = parse_bigint(*who.tenant)) {
      record->has_bigint = true;
      record->tenant_bigint = *key;
      record->has_integer =
          *key >= std::numeric_limits<std::int32_t>::min() && *key <= std::numeric_limits<std::int32_t>::max();
    }
    record->tenant_size_ = static_cast<std::uint32_t>(who.tenant->size());
    text = std::copy(who.tenant->begin(), who.tenant->end(), text);
  }
  record->user_size_ = static_cast<std::uint32_t>(who.user.size());
  text = std::copy(who.user.begin(), who.user.end(), text);
  record->token_key_size_ = static_cast<std::uint32_t>(who.token_key.size());
  text = std::copy(who.token_key.begin(), who.token_key.end(), text);
  std::uint32_t *place = places;
  for (const auto &id : who.granted) {
    *place++ = static_cast<std::uint32_t>(text - start);
    *text++ = static_cast<char>(id.size());
    text = std::copy(id.begin(), id.end(), text);
  }
  const auto less = [record](auto a, auto b) noexcept { return record->id_at(a) < record->id_at(b); };
  if (!std::is_sorted(places, place, less)) std::sort(places, place, less);
}

bool context_record::granted(std::string_view id) const noexcept {
  const auto *const last = places() + granted_count_;
  const auto less = [this](auto place, std::string_view wanted) noexcept { return id_at(place) < wanted; };
  const auto *const found = std::lower_bound(places(), last, id, less);
  return found != last && id_at(*found) == id;
}

}  // namespace primecloud
