#include "secret/root_key_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "pg/postgres.hpp"

extern "C" {
#include "miscadmin.h"
}

namespace primecloud::secret {
namespace {

using clock = std::chrono::steady_clock;
constexpr int no_root_key = MAKE_SQLSTATE('P', 'C', '0', '0', '1');

// What became of the command.  It is reaped before anything is raised: an error would
// jump over that.
struct outcome {
  enum { ended, not_started, late, too_long, interrupted } how = ended;
  int status = 0;  // of waitpid, or errno where it could not be started
  std::size_t size = 0;
};

int start(const char *command, int output, pid_t *child) noexcept {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, plain;
  sigemptyset(&none);
  sigemptyset(&plain);
  for (const int ignored : {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) sigaddset(&plain, ignored);
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);  // the client's connection above all
#endif
  // A group of its own, so that all of it can be killed; signals as a program expects them.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &plain);
  char *const arguments[] = {const_cast<char *>(command), nullptr};
  const int problem = posix_spawn(child, command, &files, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return problem;
}

bool cancelled() noexcept { return QueryCancelPending || ProcDiePending; }

// Milliseconds left, in slices: a signal that arrives just before a wait is seen soon.
int slice(clock::time_point end) noexcept {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - clock::now()).count();
  return left <= 0 ? 0 : left < 100 ? static_cast<int>(left) : 100;
}

void read_output(int input, clock::time_point end, char *buffer, std::size_t size, outcome &result) noexcept {
  while (result.size < size) {
    if (cancelled()) {
      result.how = outcome::interrupted;
      return;
    }
    const int wait = slice(end);
    if (wait == 0) {
      result.how = outcome::late;
      return;
    }
    pollfd ready{input, POLLIN, 0};
    if (poll(&ready, 1, wait) <= 0) continue;
    const ssize_t got = read(input, buffer + result.size, size - result.size);
    if (got == 0) return;
    if (got > 0) result.size += static_cast<std::size_t>(got);
  }
  result.how = outcome::too_long;
}

void reap(pid_t child, clock::time_point end, outcome &result) noexcept {
  while (result.how == outcome::ended) {
    const pid_t done = waitpid(child, &result.status, WNOHANG);
    if (done == child || (done < 0 && errno != EINTR)) return;
    if (cancelled())
      result.how = outcome::interrupted;
    else if (slice(end) == 0)
      result.how = outcome::late;
    else
      poll(nullptr, 0, 5);
  }
  kill(-child, SIGKILL);
  while (waitpid(child, &result.status, 0) < 0 && errno == EINTR) {}
}

outcome run(const char *command, int timeout, char *buffer, std::size_t size) noexcept {
  outcome result;
  int ends[2];
  pid_t child = 0;
  const auto end = clock::now() + std::chrono::milliseconds(timeout);
  if (pipe2(ends, O_CLOEXEC) != 0) {
    result.how = outcome::not_started;
    result.status = errno;
    return result;
  }
  result.status = start(command, ends[1], &child);
  close(ends[1]);
  if (result.status != 0) {
    result.how = outcome::not_started;
  } else {
    read_output(ends[0], end, buffer, size, result);
    reap(child, end, result);
  }
  close(ends[0]);
  return result;
}

}  // namespace

std::size_t run_root_key_command(const char *command, int timeout, char *buffer, std::size_t size) {
  const outcome result = run(command, timeout, buffer, size);
  if (result.how == outcome::ended && result.status == 0) return result.size;
  // What it printed may be half a key: it is in no message.
  sodium_memzero(buffer, size);
  CHECK_FOR_INTERRUPTS();
  const char *why = result.how == outcome::too_long ? "It printed more than the root key may have."
                    : result.how == outcome::late   ? psprintf("It did not end within %d ms.", timeout)
                    : result.how == outcome::not_started
                        ? psprintf("It could not be started: %s.", strerror(result.status))
                    : result.how == outcome::interrupted ? "It was interrupted."
                                                         : wait_result_to_str(result.status);
  ereport(ERROR, errcode(no_root_key), errmsg("the command of primecloud.root_key_command failed"),
          errdetail("%s", why),
          errhint("Run it by hand as the server's operating system user; what it says on standard error is in the "
                  "server's log."),
          errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

}  // namespace primecloud::secret
