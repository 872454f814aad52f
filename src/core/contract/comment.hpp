// What the tags of a comment say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace primecloud::contract {

// What follows `@tag` to the end of its line, without the blanks around it; a line break stands before each.
std::string lines_behind(std::string_view comment, std::string_view tag);

// Of the classes of sensitivity that stand in it as words of their own the one that hides most.
std::optional<std::string> class_of(std::string_view comment);

}  // namespace primecloud::contract
