// Text as a C string that the server owns.
#pragma once

#include <new>

#include "pg/postgres.hpp"

namespace primecloud::pg {

SERVER_CODE inline char *c_string(std::string_view text) { return pnstrdup(text.data(), text.size()); }

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
