// Trees as text, to be kept and compared with those of another day or another database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/review/nursery.hpp"

namespace primecloud::review {

std::string encoded(const node *n);

// All trees of a text, one after the other; nothing if it is no such text.  Texts of the nodes are views of it.
std::optional<std::vector<const node *>> decoded(nursery &made, std::string_view text);

}  // namespace primecloud::review
