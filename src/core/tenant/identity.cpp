#include "core/tenant/identity.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace primecloud {
namespace {

void put(std::string &out, std::string_view value) {
  out += std::to_string(value.size());
  out += ':';
  out += value;
}

// Reads what put() wrote, field by field; stays failed once it has.
class reader {
 public:
  explicit reader(std::string_view text) noexcept : rest_(text) {}

  std::string_view field() noexcept {
    std::size_t size = 0;
    const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (problem != std::errc() || digits >= rest_.size() || *end != ':' || rest_.size() - digits - 1 < size)
      return fail();
    const auto value = rest_.substr(digits + 1, size);
    rest_.remove_prefix(digits + 1 + size);
    return value;
  }
  bool done() const noexcept { return ok_ && rest_.empty(); }
  bool more() const noexcept { return ok_ && !rest_.empty(); }
  std::string_view fail() noexcept {
    ok_ = false;
    rest_ = {};
    return {};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string encode(const identity &who) {
  std::string out;
  out.reserve(context_record::size(who) + 64 + 4 * who.granted.size());
  put(out, who.tenant ? "t" : "-");
  put(out, who.tenant.value_or(""));
  put(out, who.user);
  put(out, who.role ? role_name(*who.role) : "");
  put(out, who.assumed ? "assumed" : "");
  put(out, who.expires ? std::to_string(who.expires->microseconds) : "");
  put(out, who.token_key);
  for (const auto &id : who.granted) put(out, id);
  return out;
}

std::optional<identity> decode_identity(std::string_view text) {
  reader in(text);
  identity who;
  const auto kind = in.field();
  const auto tenant = in.field();
  if (kind == "t")
    who.tenant = tenant;
  else if (kind != "-" || !tenant.empty())
    return std::nullopt;
  who.user = in.field();
  const auto role_text = in.field();
  if (!role_text.empty() && !(who.role = parse_role(role_text))) return std::nullopt;
  if (who.role.has_value() != who.tenant.has_value()) return std::nullopt;
  const auto assumed = in.field();
  if (!assumed.empty() && assumed != "assumed") return std::nullopt;
  who.assumed = !assumed.empty();
  const auto expires = in.field();
  if (!expires.empty()) {
    const auto value = parse_bigint(expires);
    if (!value) return std::nullopt;
    who.expires = timestamp{*value};
  }
  who.token_key = in.field();
  while (in.more()) who.granted.emplace_back(in.field());
  if (!in.done()) return std::nullopt;
  return who;
}

void order_granted(identity &who) {
  std::sort(who.granted.begin(), who.granted.end());
  who.granted.erase(std::unique(who.granted.begin(), who.granted.end()), who.granted.end());
}

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
  const auto before = [record](std::uint32_t a, std::uint32_t b) noexcept { return record->id_at(a) < record->id_at(b); };
  if (!std::is_sorted(places, place, before)) std::sort(places, place, before);
}

bool context_record::granted(std::string_view id) const noexcept {
  const std::uint32_t *const last = places() + granted_count_;
  const auto *const found = std::lower_bound(
      places(), last, id, [this](std::uint32_t place, std::string_view wanted) noexcept { return id_at(place) < wanted; });
  return found != last && id_at(*found) == id;
}

std::optional<std::int64_t> parse_bigint(std::string_view text) noexcept {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // One spelling for each number: "007" and "-0" are not tenant keys.
  if (std::to_string(value) != text) return std::nullopt;
  return value;
}

}  // namespace primecloud
