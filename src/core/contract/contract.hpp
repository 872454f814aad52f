// A contract in its canonical form, as a tree.
#pragma once

#include <string_view>

#include "core/contract/node.hpp"

namespace primecloud::contract {

// Throws invalid_value where the text is no contract that this version reads.
node read_contract(std::string_view text);

// The same for emitters: rows that overloads of one function return have names of their own.
node read_for_emitting(std::string_view text);

}  // namespace primecloud::contract
