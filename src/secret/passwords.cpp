// password_hash, password_verify, password_needs_rehash: argon2id within the limits
// that a superuser sets, since one hash holds its memory and cannot be interrupted.
#include "core/secret/password.hpp"

#include "pg/function.hpp"
#include "pg/startup.hpp"
#include "secret/encoding.hpp"
#include "secret/literal.hpp"

namespace {
using namespace primecloud;

int memory_kib = 19456, passes = 2;  // OWASP Password Storage Cheat Sheet, argon2id
int most_memory_kib = 65536, most_passes = 10, most_lanes = 4, longest_password = 1024;

SERVER_CODE void define_settings() {
  const auto number = [](const char *name, const char *what, int *value, int least, int most) {
    DefineCustomIntVariable(name, what, nullptr, value, *value, least, most, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  };
  number("primecloud.password_memory_kib", "Memory that a new password hash takes, in KiB.", &memory_kib, 8192,
         1 << 20);
  number("primecloud.password_passes", "Passes over that memory.", &passes, 1, 100);
  number("primecloud.password_max_memory_kib", "The most memory that a stored hash may ask for, in KiB.",
         &most_memory_kib, 8192, 1 << 20);
  number("primecloud.password_max_passes", "The most passes that a stored hash may ask for.", &most_passes, 1, 100);
  number("primecloud.password_max_lanes", "The most lanes that a stored hash may ask for.", &most_lanes, 1, 16);
  number("primecloud.password_max_bytes", "The longest password, in bytes.", &longest_password, 64, 65536);
}
const pg::startup settings{define_settings};

password_cost wanted() noexcept {
  return {static_cast<std::uint32_t>(memory_kib), static_cast<std::uint32_t>(passes), 1};
}
password_cost limit() noexcept {
  return {static_cast<std::uint32_t>(std::max(memory_kib, most_memory_kib)),
          static_cast<std::uint32_t>(std::max(passes, most_passes)), static_cast<std::uint32_t>(most_lanes)};
}

[[noreturn, gnu::cold]] SERVER_CODE void refuse(int code, const char *message, const char *hint) {
  ereport(ERROR, errcode(code), errmsg("%s", message), errhint("%s", hint), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}
[[noreturn, gnu::cold]] SERVER_CODE void refuse_memory() {
  refuse(ERRCODE_OUT_OF_MEMORY, "no memory for a password hash",
         "Allow fewer connections, or lower primecloud.password_memory_kib.");
}
// In UTF-8, as clients and services spell it, whatever the database's encoding.
SERVER_CODE std::string_view checked_password(std::string_view given) {
  secret::warn_of_literal(given);
  const std::string_view password = secret::to_utf8(given);
  if (password.size() <= static_cast<size_t>(longest_password)) return password;
  refuse(ERRCODE_PROGRAM_LIMIT_EXCEEDED, psprintf("the password is longer than %d bytes", longest_password),
         "A superuser sets primecloud.password_max_bytes.");
}

SERVER_CODE std::string_view password_hash_text(std::string_view given) noexcept {
  const std::string_view password = checked_password(given);
  if (password.empty()) refuse(ERRCODE_INVALID_PARAMETER_VALUE, "the password is empty", "Ask for one.");
  // Services that take hashes, SFTPGo for one, would take it for a hash and not for a password.
  if (looks_like_a_hash(password)) {
    refuse(ERRCODE_INVALID_PARAMETER_VALUE, "the password begins like a stored hash",
           "Pass the password itself, or choose another.");
  }
  auto *text = static_cast<char *>(palloc(password_text_room));
  size_t size = 0;
  CHECK_FOR_INTERRUPTS();
  if (hash_password(password, wanted(), text, size) != password_outcome::match) refuse_memory();
  return {text, size};
}

SERVER_CODE password_string parse(std::string_view hash) {
  password_string stored;
  const auto fault = parse_password_string(hash, limit(), stored);
  if (fault != password_fault::none) {
    refuse(ERRCODE_INVALID_PARAMETER_VALUE, psprintf("the stored hash is refused: %s", describe(fault)),
           "It reads $argon2id$v=19$m=...,t=...,p=...$salt$hash, within the primecloud.password_max_ settings.");
  }
  return stored;
}

SERVER_CODE bool password_verify(std::string_view given, std::string_view hash) noexcept {
  const std::string_view password = checked_password(given);
  const auto stored = parse(hash);
  CHECK_FOR_INTERRUPTS();
  const auto outcome = verify_password(password, stored, hash);
  if (outcome == password_outcome::out_of_memory) refuse_memory();
  return outcome == password_outcome::match;
}

SERVER_CODE bool password_needs_rehash(std::string_view hash) noexcept { return parse(hash).cost != wanted(); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_password_hash, password_hash_text);
PRIMECLOUD_FUNCTION(primecloud_password_verify, password_verify);
PRIMECLOUD_FUNCTION(primecloud_password_needs_rehash, password_needs_rehash);
