// Text as a C string that the server owns.
#pragma once

#include <new>

#include "pg/postgres.hpp"

extern "C" {
#include "mb/pg_wchar.h"
}

namespace primecloud::pg {

SERVER_CODE inline char *c_string(std::string_view text) { return pnstrdup(text.data(), text.size()); }

// As much of a value as stands in an error: whoever sends a long one does not fill the log with it.
SERVER_CODE inline char *clipped(std::string_view text) {
  constexpr int longest = 200;
  const auto size = static_cast<int>(text.size());
  return c_string(
      text.substr(0, static_cast<std::size_t>(size <= longest ? size : pg_mbcliplen(text.data(), size, longest))));
}

// nullptr where there is no memory: it raises nothing, so owners may be alive.
inline char *c_string_or_null(std::string_view text) noexcept {
  if (text.size() >= MaxAllocSize) return nullptr;
  auto *copy = static_cast<char *>(palloc_extended(text.size() + 1, MCXT_ALLOC_NO_OOM));
  if (copy == nullptr) return nullptr;
  memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  return copy;
}

// For those who own something, and throw.
inline char *c_string_of(std::string_view text) {
  char *copy = c_string_or_null(text);
  if (copy == nullptr) throw std::bad_alloc();
  return copy;
}

}  // namespace primecloud::pg
