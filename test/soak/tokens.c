// Tokens, signed as an issuer would.
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client.h"

static char tokens[tenants + 1][users][1024];
static unsigned char secret_key[crypto_sign_SECRETKEYBYTES];

const char *token_of(int tenant, int user) { return tokens[tenant][user]; }

void make_keys(char *public_hex, int size) {
  unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
  crypto_sign_keypair(public_key, secret_key);
  sodium_bin2hex(public_hex, (size_t)size, public_key, sizeof public_key);
}

void mint_tokens(void) {
  char header[128], claims[512], payload[700];
  const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  const char *head = "{\"alg\":\"EdDSA\",\"kid\":\"soak\"}";
  sodium_bin2base64(header, sizeof header, (const unsigned char *)head, strlen(head), variant);
  const time_t minted = time(NULL);
  for (int tenant = 1; tenant <= tenants; tenant++) {
    for (int user = 0; user < users; user++) {
      char input[900], encoded[128];
      unsigned char signature[crypto_sign_BYTES];
      snprintf(claims, sizeof claims,
               "{\"sub\":\"user "
               "%d\",\"account\":\"%d\",\"role\":\"owner\",\"aud\":\"soak\",\"iat\":%ld,\"exp\":%ld}",
               user, tenant, (long)minted, (long)minted + 240);
      sodium_bin2base64(payload, sizeof payload, (const unsigned char *)claims, strlen(claims), variant);
      snprintf(input, sizeof input, "%s.%s", header, payload);
      crypto_sign_detached(signature, NULL, (const unsigned char *)input, strlen(input), secret_key);
      sodium_bin2base64(encoded, sizeof encoded, signature, sizeof signature, variant);
      snprintf(tokens[tenant][user], sizeof tokens[tenant][user], "%s.%s", input, encoded);
    }
  }
}
