#include "core/secret/password.hpp"

#include <sodium.h>

#include <charconv>
#include <cstdio>
#include <cstring>

namespace primecloud {
namespace {
// Takes what stands before `end` off the front.
bool take(std::string_view &rest, char end, std::string_view &part) noexcept {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) return false;
  part = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return true;
}

bool number(std::string_view text, std::string_view name, std::uint32_t &out) noexcept {
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  if (text.empty() || text.size() > 10 || (text.front() == '0' && text.size() > 1)) return false;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

bool base64(std::string_view text, std::uint8_t *out, std::size_t room, std::size_t &size) noexcept {
  const char *end = nullptr;
  return sodium_base642bin(out, room, text.data(), text.size(), nullptr, &size, &end,
                           sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
         end == text.data() + text.size();
}

bool argon2id(std::uint8_t *out, std::size_t size, std::string_view password, const std::uint8_t *salt,
              const password_cost &cost) noexcept {
  return crypto_pwhash_argon2id(out, size, password.data(), password.size(), salt, cost.passes,
                                std::size_t{cost.memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0;
}
}  // namespace

const char *describe(password_fault fault) noexcept {
  switch (fault) {
    case password_fault::none: return "it is one";
    case password_fault::not_argon2id: return "it does not begin with $argon2id$";
    case password_fault::version: return "its version is not 19";
    case password_fault::parameters: return "its parameters are not m, t and p, or too small";
    case password_fault::encoding: return "its salt or hash is not base64, or of a wrong length";
    case password_fault::over_limit: return "it asks for more memory, passes or lanes than the settings allow";
  }
  return "";
}

password_fault parse_password_string(std::string_view text, const password_cost &limit, password_string &out) noexcept {
  constexpr std::string_view prefix = "$argon2id$";
  if (!text.starts_with(prefix)) return password_fault::not_argon2id;
  if (text.size() >= password_text_room) return password_fault::encoding;
  text.remove_prefix(prefix.size());
  std::string_view part;
  if (!take(text, '$', part) || part != "v=19") return password_fault::version;
  std::string_view memory, passes, lanes, salt;
  password_cost &cost = out.cost;
  if (!take(text, ',', memory) || !take(text, ',', passes) || !take(text, '$', lanes))
    return password_fault::parameters;
  if (!number(memory, "m=", cost.memory_kib) || !number(passes, "t=", cost.passes) || !number(lanes, "p=", cost.lanes))
    return password_fault::parameters;
  if (cost.passes < 1 || cost.lanes < 1 || cost.memory_kib < 8 * cost.lanes || cost.memory_kib < 8)
    return password_fault::parameters;
  if (cost.memory_kib > limit.memory_kib || cost.passes > limit.passes || cost.lanes > limit.lanes)
    return password_fault::over_limit;
  if (!take(text, '$', salt)) return password_fault::encoding;
  if (!base64(salt, out.salt, sizeof out.salt, out.salt_size) ||
      !base64(text, out.hash, sizeof out.hash, out.hash_size))
    return password_fault::encoding;
  return out.salt_size >= 8 && out.hash_size >= 16 ? password_fault::none : password_fault::encoding;
}

password_outcome hash_password(std::string_view password, const password_cost &cost, char *out,
                               std::size_t &size) noexcept {
  std::uint8_t salt[crypto_pwhash_argon2id_SALTBYTES], hash[32];
  randombytes_buf(salt, sizeof salt);
  if (!argon2id(hash, sizeof hash, password, salt, cost)) return password_outcome::out_of_memory;
  char salt_text[32], hash_text[64];
  sodium_bin2base64(salt_text, sizeof salt_text, salt, sizeof salt, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  sodium_bin2base64(hash_text, sizeof hash_text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  size = static_cast<std::size_t>(std::snprintf(out, password_text_room, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s",
                                                cost.memory_kib, cost.passes, salt_text, hash_text));
  return password_outcome::match;
}

password_outcome verify_password(std::string_view password, const password_string &stored,
                                 std::string_view text) noexcept {
  // One lane and a salt of libsodium's length: compare here, so that running out of
  // memory is not taken for a wrong password.
  if (stored.cost.lanes == 1 && stored.salt_size == crypto_pwhash_argon2id_SALTBYTES) {
    std::uint8_t hash[64];
    if (!argon2id(hash, stored.hash_size, password, stored.salt, stored.cost)) return password_outcome::out_of_memory;
    const bool same = sodium_memcmp(hash, stored.hash, stored.hash_size) == 0;
    sodium_memzero(hash, sizeof hash);
    return same ? password_outcome::match : password_outcome::mismatch;
  }
  char copy[crypto_pwhash_STRBYTES + password_text_room] = {};
  std::memcpy(copy, text.data(), text.size());  // shorter than password_text_room: parsed before
  return crypto_pwhash_argon2id_str_verify(copy, password.data(), password.size()) == 0 ? password_outcome::match
                                                                                        : password_outcome::mismatch;
}

bool looks_like_a_hash(std::string_view plaintext) noexcept {
  // What SFTPGo takes for a hash, and this extension's own forms.
  for (const std::string_view prefix :
       {"$argon2id$", "$argon2i$", "$argon2d$", "$2a$", "$2b$",  "$2y$",     "$pbkdf2-", "$1$",   "$apr1$", "$5$",
        "$6$",        "$y$",       "$scrypt$",  "$7$",  "{MD5}", "{SHA256}", "{SHA512}", "{SHA}", "{SSHA}", "pc1."}) {
    if (plaintext.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace primecloud
