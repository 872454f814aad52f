// Types and values in words, for reasons that a person reads.
#pragma once

#include <string>

#include "core/contract/value_type.hpp"

namespace primecloud::contract {

// As JSON writes it.
std::string literal(const node &value);
std::string json_text(std::string_view text);

// varchar(10), numeric(8,2)[], int4 from 1 to 28, text of 'a', 'b'.
std::string words(const value_type &type);

}  // namespace primecloud::contract
