// The place of a secret: what an envelope is bound to, as SQL passes it.
#pragma once

#include "core/secret/envelope.hpp"
#include "pg/datum.hpp"

namespace primecloud::secret {

struct place {
  std::string_view tenant, label, row_id;
};

using text_argument = std::optional<std::string_view>;

// Raises 22004 for a missing part, 22023 for an empty one or one beyond its limit: a
// NULL that came in by mistake must not turn a secret into NULL.  The limits are those of
// the UTF-8 form, which is what an envelope is bound to.
SERVER_CODE place checked_place(text_argument tenant, text_argument label, text_argument row_id);

// The same for one part.  `what` names it in the message.
SERVER_CODE std::string_view checked_part(text_argument part, const char *what, std::size_t longest);

// What an envelope of a place is bound to.
SERVER_CODE binding binding_of(const place &where);

}  // namespace primecloud::secret
