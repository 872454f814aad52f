/* The limit of sealing: XChaCha20-Poly1305 (libsodium) in plain version-1 C functions, one
 * fixed key, 64 bytes of associated data, nonces from a pool.  It looks up no key, commits
 * to none, binds nothing to a row and asks nobody's permission. */
#include "postgres.h"

#include <sodium.h>

#include "fmgr.h"
#if __has_include("varatt.h")  /* 16 and later */
#include "varatt.h"
#endif

PG_MODULE_MAGIC;

static const unsigned char key[32] = {1, 2, 3}, associated[64] = {4, 5, 6};

static void take_nonce(unsigned char *nonce) {
  static unsigned char pool[6144];
  static size_t used = sizeof pool;
  if (used == sizeof pool) {
    randombytes_buf(pool, sizeof pool);
    used = 0;
  }
  memcpy(nonce, pool + used, 24);
  used += 24;
}

PG_FUNCTION_INFO_V1(cipher_seal);
Datum cipher_seal(PG_FUNCTION_ARGS) {
  const struct varlena *plain = PG_GETARG_VARLENA_PP(0);
  const size_t size = VARSIZE_ANY_EXHDR(plain);
  bytea *out = palloc(VARHDRSZ + 24 + size + 16);
  unsigned char *at = (unsigned char *)VARDATA(out);
  SET_VARSIZE(out, VARHDRSZ + 24 + size + 16);
  take_nonce(at);
  crypto_aead_xchacha20poly1305_ietf_encrypt(at + 24, NULL, (const unsigned char *)VARDATA_ANY(plain), size, associated, 64, NULL, at, key);
  PG_RETURN_BYTEA_P(out);
}

PG_FUNCTION_INFO_V1(cipher_open);
Datum cipher_open(PG_FUNCTION_ARGS) {
  const bytea *sealed = PG_GETARG_BYTEA_PP(0);
  const size_t size = VARSIZE_ANY_EXHDR(sealed);
  const unsigned char *at = (const unsigned char *)VARDATA_ANY(sealed);
  bytea *out;
  if (size < 40) ereport(ERROR, (errmsg("too short")));
  out = palloc(VARHDRSZ + size - 40);
  SET_VARSIZE(out, VARHDRSZ + size - 40);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)VARDATA(out), NULL, NULL, at + 24, size - 24, associated, 64, at, key) != 0)
    ereport(ERROR, (errmsg("not authentic")));
  PG_RETURN_BYTEA_P(out);
}
