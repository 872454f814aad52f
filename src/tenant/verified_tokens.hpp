// The tokens that a backend has verified.  Only a verified token gets a place, so that
// no flood of bad ones drives out the good.
#pragma once

#include <sodium.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/tenant/token.hpp"
#include "tenant/token_key.hpp"

namespace primecloud::tenant {

struct verified {
  std::string key_id;
  tenant::key_material by;
  token_claims claims;
};

class verified_tokens {
 public:
  using hash = std::array<std::uint64_t, 2>;

  verified_tokens() noexcept { randombytes_buf(key_, sizeof key_); }
  hash hash_of(std::string_view token) const noexcept {
    hash out;
    static_assert(sizeof out == crypto_generichash_BYTES_MIN);
    crypto_generichash(reinterpret_cast<std::uint8_t *>(out.data()), sizeof out, reinterpret_cast<const std::uint8_t *>(token.data()),
                       token.size(), key_, sizeof key_);
    return out;
  }
  const verified *find(const hash &wanted) const noexcept {
    for (std::size_t i = 0; i < places; i++) {
      if (hashes_[i] == wanted && entries_[i]) return &*entries_[i];
    }
    return nullptr;
  }
  void forget(const hash &which) noexcept {
    for (std::size_t i = 0; i < places; i++) {
      if (hashes_[i] == which) entries_[i].reset();
    }
  }
  const verified *keep(const hash &of, verified &&entry) {
    const std::size_t place = next_++ % places;
    entries_[place].reset();
    hashes_[place] = of;
    return &entries_[place].emplace(std::move(entry));
  }

 private:
  static constexpr std::size_t places = 256;
  std::uint8_t key_[crypto_generichash_KEYBYTES];
  std::array<hash, places> hashes_{};
  std::array<std::optional<verified>, places> entries_;
  std::size_t next_ = 0;
};
}  // namespace primecloud::tenant
