// Plaintext as a value of the database's encoding, for whoever is given it.
#pragma once

#include "pg/owned.hpp"
#include "secret/decrypt.hpp"
#include "secret/encoding.hpp"

namespace primecloud::secret {

constexpr std::size_t longest_purpose = 200;

// Takes over what decrypt() gave.
SERVER_CODE inline pg::owned_text opened_text(varlena *out) {
  // Sealed as bytes, perhaps, or with letters that this database has not.
  varlena *text = from_utf8(out);
  if (text != out) wipe(out);
  if (text == nullptr) {
    ereport(ERROR, errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
            errmsg("the secret is not text in the database's encoding"),
            errhint("Open it with primecloud.open_bytes()."), errhidestmt(true), errhidecontext(true));
  }
  return text;
}

}  // namespace primecloud::secret
