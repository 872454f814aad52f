// Clients behind a pooler in transaction mode, many to a few backends.  Each is another
// tenant in every transaction and names none in its SQL; every row that reaches it must
// be of the tenant that it entered.  Errors, cancels, disconnects, held cursors, temporary
// tables and prepared statements are mixed in, planted by some for others to fall into.
//
//   pooled_clients POOLER ADMIN (tokens|usual) TRANSACTIONS CLIENTS SEED
//
// POOLER and ADMIN are connection strings; ADMIN may add a token key.  "usual" enters by
// a plain setting instead, to show that this test sees a leak where there is one.
// Prints what happened and ends with 0 if nothing leaked and nothing unexpected was
// answered, 3 if rows leaked.
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"

bool usual;
static const char *pooler;
static time_t minted;
static long rows_checked, leaks, unexpected, done, by_kind[32], refused, cancelled;

static void die(const char *what, const char *why) {
  fprintf(stderr, "pooled_clients: %s: %s\n", what, why);
  exit(2);
}

static void send_step(client *c) {
  const step *s = &c->steps[c->at];
  const int sent = s->parameter != NULL
                       ? PQsendQueryParams(c->connection, s->sql, 1, NULL, &s->parameter, NULL, NULL, 0)
                       : PQsendQuery(c->connection, s->sql);
  if (!sent) die("sending", PQerrorMessage(c->connection));
  while (PQflush(c->connection) == 1) {
    struct pollfd ready = {PQsocket(c->connection), POLLOUT, 0};
    poll(&ready, 1, 1000);
  }
  if (s->cancel) {
    char problem[256];
    PGcancel *cancel = PQgetCancel(c->connection);
    if (!PQcancel(cancel, problem, sizeof problem)) die("cancelling", problem);
    PQfreeCancel(cancel);
  }
}

static void connect_client(client *c) {
  if (c->connection != NULL) PQfinish(c->connection);
  c->connection = PQconnectdb(pooler);
  if (PQstatus(c->connection) != CONNECTION_OK) die("connecting", PQerrorMessage(c->connection));
  PQsetnonblocking(c->connection, 1);
}

static void begin_transaction(client *c) {
  plan(c);
  by_kind[c->kind]++;
  send_step(c);
}

static void report(const char *what, const client *c, const step *s, const char *got) {
  fprintf(stderr, "%s: kind %d, step %d, tenant %d: %.120s -> %s\n", what, c->kind, c->at, s->tenant, s->sql,
          got);
}

// False if nothing came but what a client that entered nobody planted for itself.
static bool check_rows(const client *c, const step *s, const PGresult *result) {
  const int column = PQfnumber(result, "account_id");
  bool planted = false;
  for (int row = 0; column >= 0 && row < PQntuples(result); row++) {
    const int whose = atoi(PQgetvalue(result, row, column));
    rows_checked++;
    if (s->tenant != 0 && whose == s->tenant) continue;
    if (s->tenant == 0 && whose == nobody) {
      planted = true;
      continue;
    }
    if (leaks++ < 5 && !usual) report("LEAK", c, s, PQgetvalue(result, row, column));
  }
  return !planted;
}

// Takes what has come; true when the step is over.  `error`: it was refused, or need not be.
static bool receive(client *c, bool *error) {
  if (!PQconsumeInput(c->connection)) die("receiving", PQerrorMessage(c->connection));
  const step *s = &c->steps[c->at];
  while (!PQisBusy(c->connection)) {
    PGresult *result = PQgetResult(c->connection);
    if (result == NULL) {
      if (!*error && s->expected != NULL && *s->expected != '?' && !usual) {
        if (unexpected++ < 5) report("NOT REFUSED", c, s, s->expected);
      }
      return true;
    }
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state != NULL) {
      *error = true;
      refused++;
      if (strcmp(state, "57014") == 0) cancelled++;
      const bool known = s->expected != NULL && (*s->expected == '?' || strcmp(s->expected, state) == 0);
      if (!known && !usual && unexpected++ < 5) report("REFUSED", c, s, PQresultErrorMessage(result));
      if (PQstatus(c->connection) != CONNECTION_OK) connect_client(c);
    }
    if (!check_rows(c, s, result)) *error = true;  // that there is no refusal is no surprise then
    PQclear(result);
  }
  return false;
}

int main(int argc, char **argv) {
  if (argc != 7 || sodium_init() < 0) die("usage", "POOLER ADMIN (tokens|usual) TRANSACTIONS CLIENTS SEED");
  pooler = argv[1];
  usual = strcmp(argv[3], "usual") == 0;
  const long wanted = atol(argv[4]);
  const int clients = atoi(argv[5]);
  const uint64_t seed = strtoull(argv[6], NULL, 10);
  seed_random(seed);
  if (clients < 1 || clients > most_clients) die("clients", argv[5]);

  char hex[2 * crypto_sign_PUBLICKEYBYTES + 1];
  make_keys(hex, sizeof hex);
  if (!usual) {
    char sql[256];
    PGconn *admin = PQconnectdb(argv[2]);
    snprintf(sql, sizeof sql, "SELECT primecloud.add_token_key('soak', 'EdDSA', '\\x%s')", hex);
    PGresult *added = PQexec(admin, sql);
    if (PQresultStatus(added) != PGRES_TUPLES_OK) die("adding the key", PQerrorMessage(admin));
    PQclear(added);
    PQfinish(admin);
  }
  mint_tokens();
  minted = time(NULL);

  static client all[most_clients];
  static bool errors[most_clients];
  struct pollfd sockets[most_clients];
  for (int i = 0; i < clients; i++) {
    connect_client(&all[i]);
    begin_transaction(&all[i]);
  }
  int running = clients;
  while (running > 0) {
    for (int i = 0; i < clients; i++)
      sockets[i] = (struct pollfd){all[i].count > 0 ? PQsocket(all[i].connection) : -1, POLLIN, 0};
    if (poll(sockets, (nfds_t)clients, 60000) == 0) die("waiting", "no answer for a minute");
    for (int i = 0; i < clients; i++) {
      client *c = &all[i];
      if (c->count == 0 || !(sockets[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
      if (!receive(c, &errors[i])) continue;
      const bool in_transaction = PQtransactionStatus(c->connection) == PQTRANS_INERROR;
      errors[i] = false;
      c->at++;
      // After an error nobody planned for, or a cancel, the next word is ROLLBACK.
      if (in_transaction && c->at < c->count && c->steps[c->at].expected == NULL) {
        while (c->at < c->count - 1 && strcmp(c->steps[c->at].sql, "ROLLBACK") != 0 &&
               strcmp(c->steps[c->at].sql, "COMMIT") != 0)
          c->at++;
      }
      if (c->at < c->count) {
        send_step(c);
        continue;
      }
      done++;
      if (c->leaving) connect_client(c);
      if (time(NULL) - minted > 100) {
        mint_tokens();
        minted = time(NULL);
      }
      if (done + running <= wanted) {
        begin_transaction(c);
      } else {
        c->count = 0;
        running--;
      }
    }
  }
  for (int i = 0; i < clients; i++) PQfinish(all[i].connection);
  printf(
      "seed %llu: %ld transactions, %ld rows, %ld foreign rows, %ld refusals, %ld cancels, %ld unexpected "
      "answers\n",
      (unsigned long long)seed, done, rows_checked, leaks, refused, cancelled, unexpected);
  for (int kind = 0; kind <= 14; kind++) {
    if (by_kind[kind] == 0 && wanted >= 10000) die("kinds", "one never came");
  }
  return leaks > 0                                                                                      ? 3
         : unexpected > 0 || rows_checked < wanted / 4 || (!usual && wanted >= 10000 && cancelled == 0) ? 1
                                                                                                        : 0;
}
