#include "secret/root_key_source.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pg/postgres.hpp"
#include "secret/key_cache.hpp"
#include "secret/root_key_command.hpp"
#include "secret/settings.hpp"

extern "C" {
#include "storage/fd.h"
}

namespace primecloud::secret {
namespace {

constexpr int no_root_key = MAKE_SQLSTATE('P', 'C', '0', '0', '1');

[[noreturn, gnu::cold]] SERVER_CODE void refuse(const char *what, const char *hint) {
  // Names the setting, never what the file holds.
  ereport(ERROR, errcode(no_root_key), errmsg("%s", what), errhint("%s", hint), errhidestmt(true),
          errhidecontext(true));
  pg_unreachable();
}

bool is_set(const char *setting) noexcept { return setting != nullptr && *setting != '\0'; }

// A file is read again as soon as it is another, or has other bytes, owner or mode.
struct stat known_file, read_status;

bool file_changed() noexcept {
  struct stat now;
  if (stat(root_key_file, &now) != 0) return true;
  return now.st_dev != known_file.st_dev || now.st_ino != known_file.st_ino || now.st_size != known_file.st_size ||
         now.st_ctim.tv_sec != known_file.st_ctim.tv_sec || now.st_ctim.tv_nsec != known_file.st_ctim.tv_nsec;
}
void remember_file() noexcept { known_file = read_status; }

// The file, read straight into `buffer`, past stdio: no copy stays behind in a stream.
SERVER_CODE size_t read_file(char *buffer, size_t size) {
  const int file = OpenTransientFile(root_key_file, O_RDONLY | O_NONBLOCK);  // a pipe would keep us waiting
  if (file < 0) {
    const int reason = errno;
    ereport(ERROR, errcode(no_root_key),
            errmsg("could not read the file of primecloud.root_key_file: %s", strerror(reason)),
            errhint("The file must exist and be readable by the server."), errhidestmt(true), errhidecontext(true));
  }
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    refuse("primecloud.root_key_file is not a file", "Name a plain file.");
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    refuse("the file of primecloud.root_key_file belongs to another user",
           "Its owner must be the server's user or root.");
  }
  if ((status.st_mode & (S_IWGRP | S_IRWXO)) != 0) {
    refuse("the file of primecloud.root_key_file is open to others", "chmod 0600 it, or 0640 where root owns it.");
  }
  size_t used = 0;
  for (ssize_t got = 1; got > 0 && used < size;) {
    got = read(file, buffer + used, size - used);
    if (got > 0) used += static_cast<size_t>(got);
  }
  read_status = status;
  CloseTransientFile(file);
  return used;
}

// From wherever the keys are, into memory that is not swapped out meanwhile.
SERVER_CODE size_t fetch(char *buffer, size_t size) {
  if (!is_set(root_key_command) && !is_set(root_key_file)) {
    refuse("primecloud root key is not configured",
           "A superuser sets primecloud.root_key_file to a file that only the server may read, or "
           "primecloud.root_key_command.");
  }
  (void)sodium_mlock(buffer, size);  // the arena has said in the log if memory cannot be locked
  return is_set(root_key_command) ? run_root_key_command(root_key_command, root_key_command_timeout, buffer, size)
                                  : read_file(buffer, size);
}

// Keeps the keys of a text, and copies the one of a version, or the newest for version 0.
// `problem` says what is wrong with the text, and is empty where nothing is.
bool keep_keys_of(std::string_view text, std::int32_t version, root_key *out, char (&problem)[128]) {
  const auto keys = parse_root_keys(text);
  if (!keys) {
    strlcpy(problem, keys.reason().message.c_str(), sizeof problem);
    return false;
  }
  keep_roots(*keys);
  bool found = false;
  for (const root_key &key : *keys) {
    if (version != 0 && key.version != version) continue;
    *out = key;
    found = true;
  }
  return found;
}

// Wipes the text whatever becomes of it.
bool take_keys(char *text, std::size_t size, std::size_t room, std::int32_t version, root_key *out,
               char (&problem)[128]) {
  struct wiped {
    char *text;
    std::size_t room;
    ~wiped() {
      sodium_memzero(text, room);
      sodium_munlock(text, room);
    }
  } const whole{text, room};
  return keep_keys_of({text, size}, version, out, problem);
}

}  // namespace

bool read_root_key(std::int32_t version, root_key *out) {
  static char buffer[longest_root_key_file + 1];
  const bool by_command = is_set(root_key_command);
  if (by_command && is_set(root_key_file)) {
    refuse("primecloud.root_key_file and primecloud.root_key_command are both set",
           "Reset one of them: the root key comes from one place.");
  }
  if ((by_command || !file_changed()) && kept_root(version, out)) return true;
  set_aside_key_memory();
  const size_t size = fetch(buffer, sizeof buffer);
  char problem[128] = "";
  const bool found = take_keys(buffer, size, sizeof buffer, version, out, problem);
  if (!by_command) remember_file();
  if (problem[0] != '\0') refuse(problem, "A line reads VERSION:KEY, the key in 64 hexadecimal digits.");
  return found;
}

}  // namespace primecloud::secret
