// The first key of a tenant, which whoever needs it makes.
#pragma once

#include "secret/key_table.hpp"

namespace primecloud::secret {

// A key that nobody has seen, wrapped with the newest root key, whose version is returned.
std::int32_t wrap_new_key(const key_identity &whose, wrapped_key &wrapped);

// Of two who make one at the same time the second finds that of the first.  PC004 for a tenant that was shredded.
SERVER_CODE void make_first_key(std::string_view tenant, key_purpose purpose);

}  // namespace primecloud::secret
