// The place of a secret as SQL passes it, checked: no part missing, empty or too long.
#pragma once

#include "pg/datum.hpp"
#include "secret/decrypt.hpp"

namespace primecloud::secret {

using text_argument = std::optional<std::string_view>;

// Raises 22004 for a missing part, 22023 for an empty one or one beyond its limit: a
// NULL that came in by mistake must not turn a secret into NULL.
place checked_place(text_argument tenant, text_argument label, text_argument row_id);

// The same for one part.  `what` names it in the message.
std::string_view checked_part(text_argument part, const char *what, std::size_t longest);

}  // namespace primecloud::secret
