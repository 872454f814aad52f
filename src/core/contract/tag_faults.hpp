// Tags of a comment that say nothing: written wrong, or where nobody reads them.
#pragma once

#include <string>
#include <string_view>

namespace primecloud::contract {

// What a comment is on.  `kind` is schema, relation (what has a type of its own: an enum too), column (of a view or a
// composite type), filled column and open column (of a table: NOT NULL or not), function, domain, or other.  Of a
// function `sent` are the names of its arguments and `given` those of its result's columns, a line break before each.
struct commented {
  std::string_view kind, sent, given;
};

// For each such tag two lines, a line break before each: the tag to the end of its line, and why it says nothing.
std::string tag_faults(std::string_view comment, const commented &on);

}  // namespace primecloud::contract
