# shellcheck shell=bash
# test/support/assert.sh: what the shell tests share.  A test begins with
#
#   . "$(dirname "$0")/../support/assert.sh"
#
# Every answer is an assertion with a name of its own.  A test goes on after one that
# fails, so that one run tells all of them; `die` is for what nothing can follow.  What
# has to be waited for is waited for by its sign, never for a time: the deadline below
# is for what never comes.
set -euo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export tests
bin=${PG_CONFIG%/*}
deadline=600

# A directory of the test's own, which the server's user may write too.
work=$(mktemp -d "${TMPDIR:-/tmp}/primecloud.test.XXXXXX")
chmod 755 "$work"
[ "$(id -u)" != 0 ] || chown postgres "$work"

# The server refuses root: what touches its files and processes runs as its user.
as_server() {
  if [ "$(id -u)" = 0 ]; then (cd "$work" && exec runuser -u postgres -- "$@"); else (cd "$work" && exec "$@"); fi
}

# --- assertions ---
passed=0
failed=0
pass() { passed=$((passed + 1)); echo "ok - $1"; }
fail() {  # fail NAME [WHAT WAS SEEN]
  failed=$((failed + 1))
  echo "not ok - $1" >&2
  [ $# = 1 ] || printf '#   %s\n' "${2//$'\n'/$'\n#   '}" >&2
}
die() { fail "$@"; exit 1; }
is() {  # is NAME WANTED GOT
  if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "wanted: $2"$'\n'"got:    $3"; fi
}
is_not() {  # is_not NAME UNWANTED GOT
  if [ "$2" != "$3" ]; then pass "$1"; else fail "$1" "got: $3"; fi
}
like() {  # like NAME EXTENDED-REGEX GOT: some line of it matches
  if grep -Eq -- "$2" <<< "$3"; then pass "$1"; else fail "$1" "wanted: $2"$'\n'"got:    $3"; fi
}
unlike() {  # unlike NAME EXTENDED-REGEX GOT: no line of it matches
  if grep -Eq -- "$2" <<< "$3"; then fail "$1" "$(grep -E -- "$2" <<< "$3")"; else pass "$1"; fi
}
has() {  # has NAME TEXT GOT: word for word
  if grep -Fq -- "$2" <<< "$3"; then pass "$1"; else fail "$1" "wanted: $2"$'\n'"got:    $3"; fi
}
lacks() {  # lacks NAME TEXT GOT: word for word
  if grep -Fq -- "$2" <<< "$3"; then fail "$1" "$(grep -F -- "$2" <<< "$3")"; else pass "$1"; fi
}
at_least() {  # at_least NAME NUMBER GOT
  if [ "$3" -ge "$2" ]; then pass "$1"; else fail "$1" "wanted at least $2, got $3"; fi
}
same_file() {  # same_file NAME WANTED-FILE GOT-FILE
  if cmp -s "$2" "$3"; then pass "$1"; else fail "$1" "$(diff -u "$2" "$3" | head -n 60)"; fi
}
ok() {  # ok NAME COMMAND...: it succeeds
  local said
  if said=$("${@:2}" 2>&1); then pass "$1"; else fail "$1" "$said"; fi
}
not_ok() {  # not_ok NAME COMMAND...: it fails
  local said
  if said=$("${@:2}" 2>&1); then fail "$1" "$said"; else pass "$1"; fi
}

# --- the server ---
query() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }
# What psql says, with SQLSTATEs for errors, though it fails.
outcome() { psql -XqAt -v VERBOSITY=sqlstate "$@" 2>&1 || :; }
answers() {  # answers NAME WANTED SQL [PSQL OPTION]...
  is "$1" "$2" "$(query "${@:4}" -c "$3" 2>&1)"
}
refused() {  # refused NAME SQLSTATE SQL [PSQL OPTION]...: its last statement
  is "$1" "ERROR:  $2" "$(outcome "${@:4}" -c "$3" | tail -n 1)"
}
restart_server() {  # also one that has died
  as_server "$bin/pg_ctl" -D "$PGDATA" -l "$SERVER_LOG" -w restart > "$work/restart" 2>&1 || die 'the server starts again' "$(cat "$work/restart")"
}
until_is() {  # until_is NAME WANTED COMMAND...: what it prints
  local got=
  for ((until = SECONDS + deadline; SECONDS < until; )); do
    got=$("${@:3}" 2>&1) || :
    if [ "$got" = "$2" ]; then pass "$1"; return; fi
    sleep 0.05
  done
  die "$1" "wanted: $2"$'\n'"got:    $got"
}
# The server's settings are read again, by new sessions and by the one that stays.
reload() {
  local before kept=
  before=$(query -c 'SELECT pg_conf_load_time()')
  [ -z "$session" ] || kept=$(ask 'SELECT pg_conf_load_time();')
  query -c 'SELECT pg_reload_conf()' > /dev/null
  until [ "$(query -c 'SELECT pg_conf_load_time()')" != "$before" ]; do sleep 0.02; done
  [ -z "$session" ] || until [ "$(ask 'SELECT pg_conf_load_time();')" != "$kept" ]; do sleep 0.02; done
}
# Where the log ends now; what it has said since.
log_end() { wc -c < "$SERVER_LOG"; }
log_since() { tail -c +"$(($1 + 1))" "$SERVER_LOG"; }

# --- a session that stays ---
session=
open_session() {  # open_session [PSQL OPTION]...
  mkfifo "$work/session.in"
  : > "$work/session.out"
  psql -XqAt -v VERBOSITY=sqlstate "$@" < "$work/session.in" > "$work/session.out" 2>&1 &
  session=$!
  exec 7> "$work/session.in"
}
ask() {  # ask INPUT: what the session answers
  local before mark
  before=$(wc -l < "$work/session.out")
  mark="answered $before"
  printf '%s\n\\echo %s\n' "$1" "$mark" >&7
  for ((until = SECONDS + deadline; SECONDS < until; )); do
    if tail -n +$((before + 1)) "$work/session.out" | grep -qx "$mark"; then
      tail -n +$((before + 1)) "$work/session.out" | sed "/^$mark\$/,\$d"
      return
    fi
    kill -0 "$session" 2> /dev/null || break
    sleep 0.02
  done
  echo 'no answer'
}
close_session() {
  exec 7>&-
  wait "$session" || :
  session=
  rm "$work/session.in"
}

# A gate: what calls pass_gate() (a trigger, say) waits while it is shut, however fast
# the machine; it opens with close_session, or when the server dies.
make_gate() {
  query -c 'CREATE FUNCTION public.pass_gate() RETURNS void LANGUAGE sql SET lock_timeout = 0 AS $$ SELECT pg_advisory_xact_lock_shared(7) $$'
}
shut_gate() {
  open_session
  ask 'SELECT pg_advisory_lock(7);' > /dev/null
}

# --- the end ---
at_end=()  # commands, the last first
finish() {
  local status=$? command
  trap - EXIT
  set +e
  # Whoever was started meanwhile has the session's input open too: it does not end by itself.
  [ -z "$session" ] || { kill "$session" 2> /dev/null; close_session; }
  for ((command = ${#at_end[@]} - 1; command >= 0; command--)); do eval "${at_end[command]}"; done
  rm -rf "$work"
  [ $status != 0 ] || [ $((passed + failed)) != 0 ] || { echo 'not ok - nothing was asserted' >&2; status=1; }
  [ $failed = 0 ] || status=1
  echo "$passed passed, $failed failed"
  exit $status
}
trap finish EXIT
