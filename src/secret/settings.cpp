// Where the root key comes from, and what is allowed.  The settings hold a place,
// never a key.
#include "secret/settings.hpp"

#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "secret/keyring.hpp"

namespace primecloud::secret {
char *root_key_file = nullptr;
char *root_key_command = nullptr;
int root_key_command_timeout = 10000;
int reveals_per_transaction = 100;
int reveals_per_hour = 10000;
bool reveal_needs_row = false;
bool allow_drop = false;

namespace {
void root_key_changed(const char *, void *) noexcept {
  forget_keys();
  forget_roots();
}

// Before the library is loaded the server shows the setting to whoever asks: what it holds
// is a place, never an argument with a password.
SERVER_CODE bool is_program(char **command, void **, GucSource) noexcept {
  if (*command == nullptr || **command == '\0') return true;
  bool plain = **command == '/';
  for (const char *c = *command; *c != '\0'; c++)
    plain &= static_cast<unsigned char>(*c) > ' ' && strchr("\"'`\\$;&|<>(){}*?!#~", *c) == nullptr;
  if (plain) return true;
  GUC_check_errdetail("It is not the path of a program.");
  GUC_check_errhint("Name a program by its whole path, without arguments: what needs some goes into a script.");
  return false;
}

SERVER_CODE void define_settings() {
  DefineCustomStringVariable("primecloud.root_key_file", "File that holds the root keys, one version a line.",
                             "Lines read N:KEY, where N is the version and KEY is 64 hexadecimal digits.",
                             &root_key_file, "", PGC_SUSET, GUC_SUPERUSER_ONLY, nullptr, root_key_changed, nullptr);
  DefineCustomStringVariable(
      "primecloud.root_key_command", "Program that prints the root keys, one version a line.",
      "Each session runs it once, as the server's operating system user, before it first seals or opens.",
      &root_key_command, "", PGC_SUSET, GUC_SUPERUSER_ONLY, is_program, root_key_changed, nullptr);
  DefineCustomIntVariable("primecloud.root_key_command_timeout", "Time that primecloud.root_key_command may take.",
                          "It is killed then.", &root_key_command_timeout, 10000, 100, 600000, PGC_SUSET, GUC_UNIT_MS,
                          nullptr, nullptr, nullptr);
  DefineCustomIntVariable("primecloud.reveals_per_transaction", "Secrets that one transaction may open.", nullptr,
                          &reveals_per_transaction, 100, 0, INT_MAX, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("primecloud.reveals_per_hour", "Secrets that one login role may open in an hour.",
                          "-1: any number.", &reveals_per_hour, 10000, -1, INT_MAX, PGC_SUSET, 0, nullptr, nullptr,
                          nullptr);
  DefineCustomBoolVariable("primecloud.reveal_needs_row",
                           "Opens no secret where no row of reveal_log can be written: on a standby.", nullptr,
                           &reveal_needs_row, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("primecloud.allow_drop",
                           "Lets the extension be dropped while anything is sealed, hashed, held or kept by it.",
                           nullptr, &allow_drop, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
}
const pg::startup settings{define_settings};
}  // namespace
}  // namespace primecloud::secret
