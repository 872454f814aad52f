#include "core/audit_record.hpp"

#include <sodium.h>

#include <cstring>

namespace primecloud {
namespace {

constexpr std::size_t hash_size = 16;
constexpr std::size_t hex_size = 2 * hash_size;

struct form {
  std::string_view before_time, before_seal, end;
};
constexpr form json{",\"at\":\"", "\",\"seal\":\"", "\"}"};
constexpr form line{" at=\"", "\" seal=\"", "\""};
static_assert(json.before_time.size() + json.before_seal.size() + json.end.size() + hex_size + 32 <= audit_seal_room);

const form &form_of(std::string_view text) noexcept { return text.ends_with('}') ? json : line; }

void hash(audit_key key, std::string_view text, char *hex) noexcept {
  unsigned char bytes[hash_size];
  crypto_generichash(bytes, sizeof bytes, reinterpret_cast<const unsigned char *>(text.data()), text.size(), key.data(),
                     key.size());
  sodium_bin2hex(hex, hex_size + 1, bytes, sizeof bytes);
}

}  // namespace

std::size_t seal_audit_record(audit_key key, std::string_view text, std::string_view at, char *out) noexcept {
  const form &as = form_of(text);
  if (&as == &json) text.remove_suffix(1);
  std::size_t size = 0;
  for (const std::string_view part : {text, as.before_time, at, as.before_seal}) {
    if (!part.empty()) memcpy(out + size, part.data(), part.size());
    size += part.size();
  }
  char hex[hex_size + 1];
  hash(key, {out, size}, hex);
  memcpy(out + size, hex, hex_size);
  memcpy(out + size + hex_size, as.end.data(), as.end.size());
  return size + hex_size + as.end.size();
}

bool is_audit_record(audit_key key, std::string_view record) noexcept {
  const form &as = form_of(record);
  if (record.size() < as.before_seal.size() + hex_size + as.end.size() || !record.ends_with(as.end)) return false;
  record.remove_suffix(as.end.size());
  const std::string_view found = record.substr(record.size() - hex_size);
  record.remove_suffix(hex_size);
  if (!record.ends_with(as.before_seal)) return false;
  char hex[hex_size + 1];
  hash(key, record, hex);
  return sodium_memcmp(hex, found.data(), hex_size) == 0;
}

}  // namespace primecloud
