// TypeID (specification 0.3.0): a uuid as 26 base-32 digits behind the name of what
// it identifies, as in "bucket_01h455vb4pex5vsknk084sn02q".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/uuid.hpp"

namespace primecloud {

// The parts of a well-formed TypeID.  `prefix` views the text that was split; it is
// empty for an identifier without a prefix.
struct typeid_parts {
  std::string_view prefix;
  uuid id;
};

// 22P02 with the rule that was broken.
result<typeid_parts> split_typeid(std::string_view text);

// Why the text cannot be a prefix: at most 63 of [a-z_], the first and last a letter;
// nothing if it can.  The empty prefix is fine.
std::optional<std::string_view> typeid_prefix_problem(std::string_view prefix) noexcept;

// 22023 for a prefix that is none.
result<std::string> make_typeid(std::string_view prefix, const uuid &id);

// The 26 digits alone: Crockford's alphabet in lower case, most significant first.
std::string uuid_base32(const uuid &id);

}  // namespace primecloud
