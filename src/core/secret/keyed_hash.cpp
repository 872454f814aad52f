#include "core/secret/keyed_hash.hpp"

#include <sodium.h>

namespace primecloud {

std::array<std::uint8_t, 32> keyed_hash(std::span<const std::uint8_t, 32> key, std::string_view purpose,
                                        std::string_view name, std::span<const std::uint8_t> value) noexcept {
  crypto_generichash_state state;
  std::array<std::uint8_t, 32> hash;
  crypto_generichash_init(&state, key.data(), key.size(), hash.size());
  for (const std::string_view part : {purpose, name}) {
    const auto size = static_cast<std::uint32_t>(part.size());
    const std::uint8_t length[4] = {static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
                                    static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    crypto_generichash_update(&state, length, sizeof length);
    crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t *>(part.data()), part.size());
  }
  crypto_generichash_update(&state, value.data(), value.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  sodium_memzero(&state, sizeof state);
  return hash;
}

}  // namespace primecloud
