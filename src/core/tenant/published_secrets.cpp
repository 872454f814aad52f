#include "core/tenant/published_secrets.hpp"

#include <sodium.h>

#include <string_view>

namespace primecloud {
namespace {

// SHA-256 of each, so that nobody copies them from here.
constexpr std::string_view digests[] = {
    // jwt.io: HS256, HS384, HS512
    "465d9ad5d5528ebe287b5dce4fb51620833d09b290e49ddcc70ca6c4a0aea01b",
    "730d21a80e61a8de82d12cb4c0b8057cff5a30e2dec50ce7a773513374f9164a",
    "5ca05c0bee82925b3ef07be7da6042953d8737b6194d8da0266de7be6accb6b5",
    // Supabase, self-hosting: JWT_SECRET, SECRET_KEY_BASE; the local stack of its command
    "1453cea2dc3799e9026e42b3e465e455256d5a149582e4c5b92d4c8d604731a2",
    "52f004438faf780274c9c95f79d1cf39d2355fbcf035899fc0242b1437f30df3",
    "a064b502e61d27e94b8717290e5e1b32e36720e9fbdf952ec81a84c07128cb37",
    // PostgREST: tutorial; tests
    "fd4dec75abc2df7e4f8776e246ce733d29690230695c4ce8ea7a207eb3a939ab",
    "3066f258ed6ce895696e39cb97c8806d7c612305df5daa802269136be4d02431",
    // Hasura: JWT authentication; flags of the server; a course
    "bdc46574febdd0bd92d0fc9551ba797ac5488f66d609d6a00048462d10c35545",
    "848ccdeeb1792ecd106fa55afe1fa56d4c2bc205ee97eb6396237bd58321c443",
    "ad21b8116a6f16d32b6f2c6544d4255a765c666a8edd716540962a186c254070",
    // Nhost: local stack; its authentication service
    "1c7cad32ce1a9aec2b33d9d56604457c1d72a9e7635b936f7e5bdb04642acd60",
    "1f1898e45bd8c8dfb4d999ad2b6348656148f23880534432054aa058a1b59bfb",
    // Directus, docker-compose: KEY, SECRET
    "646fe7e9335545a335fb9022920147545976f6cae2c8b98b754d19afc5e5c09e",
    "982f4e3a0216f3923e28c393cb83e8a04499a390d262171cdad4d67c5e383122",
    // FastAPI, tutorial; jose of npm, documentation; Superset, default configuration
    "570dad43de1af4c925f92c16a68a50936da42b7dd6fdeb24850507a1199aac89",
    "efa6f5d24ecc2fb531e1347ced231ff09842723c12d58e5c8a6dc7b05f767b3b",
    "fe18bd40b727a37ecce96ec8f474a82508c191b0c3bb3c47d325335cd467ad97",
    // much copied tutorials: of Spring Boot; of ASP.NET and Node.js
    "3354cfcf65c7b2e6840ea6f880aede239750cb1d063950c4e8fd9fbf9ec73a32",
    "51fe5198bae591e29469c5efcb3bab5dde781025db85b4a69bf6f9a9bd4c6c91",
    // RFC 7515, A.2 (RSA: the hash of the modulus) and A.3; RFC 7517, A.1
    "63cbc01b3eaa745c2395c84936311dc0a0d3076b559de1c3c504bb3ad7ca2d69",
    "a510fba1ddb99100a60c2ebed0702108b3feb3da90b4073e3930e4a9a0b0218b",
    "3258aa2cb08890c8f48708be416496324d2a26ebaa95355686bc5b4cb53df015",
    // PASETO, test vectors: the symmetric key
    "ee070b29400115ee2b23ede5e46a7da719eae1d85af97bd76d55c0c3042b108a",
};

}  // namespace

bool is_published_secret(std::span<const std::uint8_t> key) noexcept {
  std::uint8_t digest[crypto_hash_sha256_BYTES];
  char hex[2 * sizeof digest + 1];
  crypto_hash_sha256(digest, key.data(), key.size());
  sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
  for (const std::string_view each : digests) {
    if (each == hex) return true;
  }
  return false;
}

}  // namespace primecloud
