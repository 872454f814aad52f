// JSON of tokens, read strictly.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace primecloud {

// Builds a document and refuses what nlohmann would let pass: a member said twice,
// depth, a byte order mark, and anything but an object at the top.
std::optional<nlohmann::json> read_strict_object(std::string_view text);

// A string member without NUL, or nothing.
std::optional<std::string> text_member(const nlohmann::json &object, const char *name);

}  // namespace primecloud
