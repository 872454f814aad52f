#include "core/tenant/identity.hpp"

#include <algorithm>
#include <charconv>

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

std::optional<std::int64_t> parse_bigint(std::string_view text) noexcept {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // One spelling for each number: "007" and "-0" are not tenant keys.
  if (std::to_string(value) != text) return std::nullopt;
  return value;
}

}  // namespace primecloud
