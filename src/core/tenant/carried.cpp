#include "core/tenant/carried.hpp"

#include <sodium.h>

#include <algorithm>
#include <vector>

#include "core/base64.hpp"

namespace primecloud {
namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t nonce_at = 1 + 4, sealed_at = nonce_at + carried_nonce_size;
constexpr std::size_t fixed_size = 8 + 8 + 1, tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(carried_nonce_size == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(sizeof carrying_key::bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

void put(std::uint8_t *at, std::uint64_t value, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; i++) at[i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
}

std::uint64_t number_at(const std::uint8_t *at, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; i++) value = value << 8 | at[i];
  return value;
}

// What stands in the clear, and what does not stand in the text at all.
std::string bound_to(std::span<const std::uint8_t> clear, std::string_view database) {
  std::string all("primecloud carried context");
  all.push_back('\0');
  all.append(reinterpret_cast<const char *>(clear.data()), nonce_at);
  return all.append(database);
}

carried_state judge(std::uint64_t session, std::int64_t until, const carried_session &here, timestamp now) noexcept {
  if (session != here.number) return carried_state::of_another_session;
  if (until - carried_life - carried_leeway > now.microseconds) return carried_state::of_another_clock;
  return until + carried_leeway > now.microseconds ? carried_state::taken : carried_state::late;
}

const std::uint8_t *octets_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

std::optional<std::int32_t> version_in(std::span<const std::uint8_t> all) noexcept {
  if (all.size() < nonce_at || all[0] != format) return std::nullopt;
  const auto version = static_cast<std::int32_t>(number_at(all.data() + 1, 4));
  return version > 0 ? std::optional(version) : std::nullopt;
}

}  // namespace

carrying_key::carrying_key(const root_key &root) noexcept : version(root.version) {
  constexpr std::string_view purpose = "primecloud/carried/v1";
  crypto_generichash(bytes.data(), bytes.size(), octets_of(purpose), purpose.size(), root.bytes.data(),
                     root.bytes.size());
}
carrying_key::~carrying_key() { sodium_memzero(bytes.data(), bytes.size()); }

std::string carry(const carrying_key &key, const carried_session &whose, timestamp now, std::string_view identity,
                  std::span<const std::uint8_t, carried_nonce_size> nonce, std::string_view role) {
  role = role.substr(0, 255);
  std::vector<std::uint8_t> plain(fixed_size + role.size() + identity.size()), all(sealed_at + plain.size() + tag_size);
  put(plain.data(), whose.number, 8);
  put(plain.data() + 8, static_cast<std::uint64_t>(now.microseconds + carried_life), 8);
  plain[fixed_size - 1] = static_cast<std::uint8_t>(role.size());
  std::copy(role.begin(), role.end(), plain.begin() + fixed_size);
  std::copy(identity.begin(), identity.end(), plain.end() - static_cast<std::ptrdiff_t>(identity.size()));
  all[0] = format;
  put(all.data() + 1, static_cast<std::uint32_t>(key.version), 4);
  std::copy(nonce.begin(), nonce.end(), all.begin() + nonce_at);
  const std::string bound = bound_to(all, whose.database);
  crypto_aead_xchacha20poly1305_ietf_encrypt(all.data() + sealed_at, nullptr, plain.data(), plain.size(),
                                             octets_of(bound), bound.size(), nullptr, nonce.data(), key.bytes.data());
  return base64_encode(all);
}

std::optional<std::int32_t> carried_root_version(std::string_view text) {
  if (text.size() > longest_carried) return std::nullopt;
  return version_in(base64_decode(text.substr(0, (nonce_at + 2) / 3 * 4)));
}

carried read_carried(const carrying_key &key, const carried_session &here, timestamp now, std::string_view text) {
  if (text.size() > longest_carried) return {};
  const auto all = base64_decode(text);
  if (all.size() < sealed_at + fixed_size + tag_size || version_in(all) != key.version) return {};
  const std::size_t size = all.size() - sealed_at;
  std::vector<std::uint8_t> plain(size - tag_size);
  const std::string bound = bound_to(all, here.database);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, all.data() + sealed_at, size,
                                                 octets_of(bound), bound.size(), all.data() + nonce_at,
                                                 key.bytes.data()) != 0)
    return {};
  const std::size_t role_size = plain[fixed_size - 1];
  if (plain.size() < fixed_size + role_size) return {};
  const auto until = static_cast<std::int64_t>(number_at(plain.data() + 8, 8));
  carried found;
  found.state = judge(number_at(plain.data(), 8), until, here, now);
  const auto role_end = plain.begin() + static_cast<std::ptrdiff_t>(fixed_size + role_size);
  found.role.assign(plain.begin() + fixed_size, role_end);
  if (found.state == carried_state::taken) found.identity.assign(role_end, plain.end());
  return found;
}

}  // namespace primecloud
