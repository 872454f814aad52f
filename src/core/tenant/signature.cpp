#include "core/tenant/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

namespace primecloud {
namespace {

template <auto release>
struct released {
  template <class T>
  void operator()(T *owned) const noexcept {
    release(owned);
  }
};
using key_owner = std::unique_ptr<EVP_PKEY, released<EVP_PKEY_free>>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, released<EVP_PKEY_CTX_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, released<EVP_MD_CTX_free>>;

// The server uses libcrypto too, and would take what is left behind for its own.
struct no_errors_left {
  ~no_errors_left() { ERR_clear_error(); }
};

key_owner make_key(const char *type, OSSL_PARAM *parts) noexcept {
  const key_context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY *key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) <= 0) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parts) <= 0) return nullptr;
  return key_owner(key);
}

key_owner rsa_key(octets_view modulus) noexcept {
  if (modulus.size() < shortest_modulus || modulus.size() > longest_modulus) return nullptr;
  if (modulus[0] == 0 || (modulus.size() == shortest_modulus && modulus[0] < 0x80)) return nullptr;
  std::uint8_t number[longest_modulus], exponent[] = {1, 0, 1};  // either way round
  // Numbers are handed over as the processor has them.
  if (std::endian::native == std::endian::little)
    std::reverse_copy(modulus.begin(), modulus.end(), number);
  else
    std::copy(modulus.begin(), modulus.end(), number);
  OSSL_PARAM parts[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, number, modulus.size()),
                        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent, sizeof exponent),
                        OSSL_PARAM_construct_end()};
  return make_key("RSA", parts);
}

key_owner p256_key(octets_view point) noexcept {
  if (point.size() != point_size) return nullptr;
  std::uint8_t uncompressed[1 + point_size] = {4};
  std::copy(point.begin(), point.end(), uncompressed + 1);
  char curve[] = "prime256v1";
  OSSL_PARAM parts[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
                        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, uncompressed, sizeof uncompressed),
                        OSSL_PARAM_construct_end()};
  return make_key("EC", parts);
}

bool is_sound(EVP_PKEY *key) noexcept {
  if (key == nullptr) return false;
  const key_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

bool set_padding(EVP_PKEY_CTX *how, rsa_padding padding) noexcept {
  if (padding == rsa_padding::pkcs1) return EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PADDING) > 0;
  return EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(how, EVP_sha256()) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) > 0;
}

// A positive number in DER: without zeros before it, but for one where it would read as negative.
std::uint8_t *put_number(std::uint8_t *out, const std::uint8_t *number, std::size_t size) noexcept {
  while (size > 1 && *number == 0) number++, size--;
  const bool sign = *number >= 0x80;
  *out++ = 2;
  *out++ = static_cast<std::uint8_t>(size + sign);
  if (sign) *out++ = 0;
  return std::copy(number, number + size, out);
}

}  // namespace

bool verify_rsa(octets_view modulus, rsa_padding padding, octets_view message, octets_view signature) noexcept {
  const no_errors_left at_end;
  if (signature.size() != modulus.size()) return false;
  const key_owner key = rsa_key(modulus);
  const digest_context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX *how = nullptr;
  if (!key || !context || EVP_DigestVerifyInit(context.get(), &how, EVP_sha256(), nullptr, key.get()) <= 0)
    return false;
  if (!set_padding(how, padding)) return false;
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

bool verify_p256(octets_view point, octets_view message, octets_view signature) noexcept {
  const no_errors_left at_end;
  constexpr std::size_t half = point_size / 2;
  if (signature.size() != 2 * half) return false;
  std::uint8_t der[2 + 2 * (3 + half)];
  std::uint8_t *const end = put_number(put_number(der + 2, signature.data(), half), signature.data() + half, half);
  der[0] = 0x30;
  der[1] = static_cast<std::uint8_t>(end - der - 2);
  const key_owner key = p256_key(point);
  const digest_context context(EVP_MD_CTX_new());
  if (!key || !context || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) <= 0)
    return false;
  return EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(end - der), message.data(), message.size()) == 1;
}

bool is_sound_rsa(octets_view modulus) noexcept {
  const no_errors_left at_end;
  return is_sound(rsa_key(modulus).get());
}

// Neither of a small order, with which anybody signs, nor written in another way than keys are.
bool is_sound_ed25519(octets_view point) noexcept {
  return point.size() == crypto_core_ed25519_BYTES && crypto_core_ed25519_is_valid_point(point.data()) == 1;
}

bool is_sound_p256(octets_view point) noexcept {
  const no_errors_left at_end;
  return is_sound(p256_key(point).get());
}

}  // namespace primecloud
