// Characters of UTF-8.
#pragma once

#include <algorithm>
#include <string_view>

namespace primecloud::contract {

inline int count_characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace primecloud::contract
