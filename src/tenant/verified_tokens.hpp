// The tokens that a backend has verified.  Only a verified token gets a place, so that
// no flood of bad ones drives out the good.
#pragma once

#include <sodium.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/tenant/token.hpp"
#include "tenant/token_issuer.hpp"
#include "tenant/token_key.hpp"

namespace primecloud::tenant {

struct verified {
  std::string token;
  std::string key_id;
  std::optional<std::string> issuer;
  issuer_rules rules;
  key_material by;
  token_claims claims;
};

class verified_tokens {
 public:
  verified_tokens() noexcept { crypto_shorthash_keygen(key_); }

  const verified *find(std::string_view token) const noexcept {
    const auto wanted = hash_of(token);
    for (std::size_t i = 0; i < places; i++) {
      if (hashes_[i] == wanted && entries_[i] && entries_[i]->token == token) return entries_[i].get();
    }
    return nullptr;
  }
  void forget(std::string_view token) noexcept {
    for (auto &entry : entries_) {
      if (entry && entry->token == token) entry.reset();
    }
  }
  const verified *keep(verified &&entry) {
    const std::size_t place = next_++ % places;
    entries_[place] = std::make_unique<verified>(std::move(entry));
    hashes_[place] = hash_of(entries_[place]->token);
    return entries_[place].get();
  }

 private:
  // Only to find the place: the token itself is compared.  Keyed, so that nobody can
  // choose tokens that share one.
  std::uint64_t hash_of(std::string_view token) const noexcept {
    std::uint64_t out;
    static_assert(sizeof out == crypto_shorthash_BYTES);
    crypto_shorthash(reinterpret_cast<std::uint8_t *>(&out), reinterpret_cast<const std::uint8_t *>(token.data()),
                     token.size(), key_);
    return out;
  }

  static constexpr std::size_t places = 256;
  std::uint8_t key_[crypto_shorthash_KEYBYTES];
  std::array<std::uint64_t, places> hashes_{};
  // (By pointers: room for all of them, zeroed, were half a megabyte for each new connection's first token.)
  std::array<std::unique_ptr<verified>, places> entries_;
  std::size_t next_ = 0;
};

}  // namespace primecloud::tenant
