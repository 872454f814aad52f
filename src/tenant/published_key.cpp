// token_key_published: whether a key of tokens is one of a published test vector.
#include "core/tenant/published_key.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
bool token_key_published(primecloud::pg::bytes_view key) { return primecloud::is_published_key(key); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_token_key_published, token_key_published);
