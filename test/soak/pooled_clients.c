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
#include <libpq-fe.h>
#include <poll.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { tenants = 20, users = 3, nobody = -1, most_steps = 12, most_clients = 200 };

// One message to the server.  `expected`: the SQLSTATE it must be refused with.
typedef struct {
  char sql[2600];
  const char *parameter;  // sent by the extended protocol, with this as $1
  const char *expected;
  int tenant;   // whose rows it may return; 0: nobody's
  bool cancel;  // ask for it to be cancelled once it is sent
} step;

typedef struct {
  PGconn *connection;
  step steps[most_steps];
  int count, at, kind;
  bool failed;   // the transaction is aborted: only its end is sent
  bool leaving;  // close the connection after this step
} client;

static const char *pooler;
static bool usual;
static uint64_t random_state;
static char tokens[tenants + 1][users][1024];
static time_t minted;
static unsigned char secret_key[crypto_sign_SECRETKEYBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
static long rows_checked, leaks, unexpected, done, by_kind[32], refused, cancelled;

static uint64_t next_random(void) {  // xorshift64*
  random_state ^= random_state >> 12, random_state ^= random_state << 25, random_state ^= random_state >> 27;
  return random_state * 2685821657736338717ULL;
}
static int below(int limit) { return (int)((next_random() >> 33) % (uint64_t)limit); }

static void mint_tokens(void) {
  char header[128], claims[512], payload[700];
  const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  const char *head = "{\"alg\":\"EdDSA\",\"kid\":\"soak\"}";
  sodium_bin2base64(header, sizeof header, (const unsigned char *)head, strlen(head), variant);
  minted = time(NULL);
  for (int tenant = 1; tenant <= tenants; tenant++) {
    for (int user = 0; user < users; user++) {
      char input[900], encoded[128];
      unsigned char signature[crypto_sign_BYTES];
      snprintf(claims, sizeof claims, "{\"sub\":\"user %d\",\"account\":\"%d\",\"role\":\"owner\",\"aud\":\"soak\",\"iat\":%ld,\"exp\":%ld}", user, tenant,
               (long)minted, (long)minted + 240);
      sodium_bin2base64(payload, sizeof payload, (const unsigned char *)claims, strlen(claims), variant);
      snprintf(input, sizeof input, "%s.%s", header, payload);
      crypto_sign_detached(signature, NULL, (const unsigned char *)input, strlen(input), secret_key);
      sodium_bin2base64(encoded, sizeof encoded, signature, sizeof signature, variant);
      snprintf(tokens[tenant][user], sizeof tokens[tenant][user], "%s.%s", input, encoded);
    }
  }
}

static step *add(client *c, int tenant, const char *expected, const char *sql) {
  step *s = &c->steps[c->count++];
  memset(s, 0, sizeof *s);
  snprintf(s->sql, sizeof s->sql, "%s", sql);
  s->tenant = tenant;
  s->expected = expected;
  return s;
}

// BEGIN and entering: in one message, or by a bind parameter as drivers do.
static void enter(client *c, int tenant) {
  const char *token = tokens[tenant][below(users)];
  char sql[1200];
  if (usual) {
    // A setting of the session, which is what the usual way comes to where LOCAL is forgotten.
    snprintf(sql, sizeof sql, "SET app.tenant = '%d'", tenant);
    add(c, 0, NULL, sql);
    add(c, 0, NULL, "BEGIN");
  } else if (below(2)) {
    snprintf(sql, sizeof sql, "BEGIN; SELECT primecloud.enter('%s')", token);
    add(c, 0, NULL, sql);
  } else {
    add(c, 0, NULL, "BEGIN");
    add(c, 0, NULL, "SELECT primecloud.enter($1)")->parameter = token;
  }
}

static const char *read_some =
    "SELECT account_id, body FROM notes ORDER BY id DESC LIMIT 3; SELECT n.account_id FROM notes n JOIN notes m USING (id) WHERE n.id % 7 = 3 LIMIT 2";

// What no context gives: an error here, and whatever the session holds in the usual way.
static const char *refusal(const char *state) { return usual ? "?" : state; }

static void plan(client *c) {
  char sql[2000];
  const int tenant = 1 + below(tenants), dice = below(1000);
  c->count = c->at = 0;
  c->failed = c->leaving = false;
  c->kind = dice < 400 ? 0 : dice < 550 ? 1 : dice < 620 ? 2 : dice < 660 ? 3 : dice < 700 ? 4 : dice < 760 ? 5 : dice < 820 ? 6 : dice < 860 ? 7
          : dice < 900 ? 8 : dice < 930 ? 9 : dice < 950 ? 10 : dice < 970 ? 11 : dice < 985 ? 12 : dice < 995 ? 13 : 14;
  switch (c->kind) {
    case 0:  // reading, in one message and in several
      if (!usual && below(2)) {
        snprintf(sql, sizeof sql, "BEGIN; SELECT primecloud.enter('%s'); %s; COMMIT", tokens[tenant][below(users)], read_some);
        add(c, tenant, NULL, sql);
      } else {
        enter(c, tenant);
        add(c, tenant, NULL, read_some);
        add(c, 0, NULL, "COMMIT");
      }
      break;
    case 1:  // writing
      enter(c, tenant);
      snprintf(sql, sizeof sql, "INSERT INTO notes (body) VALUES ('of %d') RETURNING account_id", tenant);
      add(c, tenant, NULL, sql);
      add(c, tenant, NULL, "UPDATE notes SET changed = changed + 1 WHERE id IN (SELECT id FROM notes ORDER BY id DESC LIMIT 1) RETURNING account_id");
      add(c, 0, NULL, "COMMIT");
      break;
    case 2:  // an error in the middle
      enter(c, tenant);
      add(c, 0, "22012", "SELECT account_id / 0 AS account_id FROM notes LIMIT 1");
      add(c, 0, "25P02", "SELECT account_id FROM notes");
      add(c, 0, NULL, below(2) ? "ROLLBACK" : "COMMIT");
      break;
    case 3:  // entering nobody
      add(c, 0, refusal("42501"), "SELECT account_id FROM notes LIMIT 3");
      break;
    case 4:  // a bad token
      add(c, 0, NULL, "BEGIN");
      add(c, 0, usual ? NULL : "28000", usual ? "SELECT 1" : "SELECT primecloud.enter('eyJhbGciOiJFZERTQSIsImtpZCI6InNvYWsifQ.e30.AAAA')");
      add(c, 0, usual ? "?" : "25P02", "SELECT account_id FROM notes LIMIT 3");
      add(c, 0, NULL, "ROLLBACK");
      break;
    case 5:  // a cursor held, then read by whoever has the backend next, in a context and without
      enter(c, tenant);
      add(c, 0, NULL, "DECLARE list CURSOR WITH HOLD FOR SELECT account_id, body FROM notes LIMIT 5");
      add(c, tenant, NULL, "FETCH 2 FROM list");
      add(c, 0, NULL, "COMMIT");
      add(c, 0, "34000", "FETCH ALL FROM list");
      enter(c, tenant);
      add(c, tenant, "34000", "FETCH ALL FROM list");
      add(c, 0, NULL, "ROLLBACK");
      break;
    case 6:  // a temporary table, likewise
      enter(c, tenant);
      add(c, 0, NULL, "CREATE TEMP TABLE IF NOT EXISTS mine AS SELECT account_id, body FROM notes LIMIT 2");
      add(c, tenant, NULL, "SELECT account_id FROM mine");
      add(c, 0, NULL, below(4) ? "COMMIT" : "ROLLBACK");
      add(c, 0, "42P01", "SELECT account_id FROM mine");
      break;
    case 7:  // planting a table under the name that others use; row and all
      add(c, 0, NULL, "CREATE TEMP TABLE IF NOT EXISTS notes (id bigint, account_id int DEFAULT -1, body text, changed int); INSERT INTO pg_temp.notes VALUES (9, -1, 'planted')");
      break;
    case 8:  // planting a prepared statement, and a cursor, also in a transaction that is undone
      if (below(2)) add(c, 0, NULL, "BEGIN");
      add(c, 0, "?", "PREPARE list AS SELECT -1 AS account_id");
      if (c->count == 2) add(c, 0, NULL, "ROLLBACK");
      break;
    case 9:  // running what one thinks one has prepared
      enter(c, tenant);
      add(c, tenant, usual ? "?" : "26000", "EXECUTE list");
      add(c, 0, NULL, "ROLLBACK");
      break;
    case 10:  // a savepoint that is undone, and the context with it
      if (usual) {
        enter(c, tenant);
      } else {
        add(c, 0, NULL, "BEGIN; SAVEPOINT s");
        add(c, 0, NULL, "SELECT primecloud.enter($1)")->parameter = tokens[tenant][0];
        add(c, tenant, NULL, read_some);
        add(c, 0, NULL, "ROLLBACK TO s");
        add(c, 0, "42501", "SELECT account_id FROM notes");
      }
      add(c, 0, NULL, "ROLLBACK");
      break;
    case 11:  // a second tenant in one transaction
      enter(c, tenant);
      if (!usual) add(c, 0, "55000", "SELECT primecloud.enter($1)")->parameter = tokens[tenant % tenants + 1][0];
      add(c, 0, NULL, "ROLLBACK");
      break;
    case 12:  // cancelled
      enter(c, tenant);
      add(c, tenant, "?", "SELECT account_id, pg_sleep(0.02) FROM notes LIMIT 3")->cancel = true;
      add(c, 0, NULL, "ROLLBACK");
      break;
    case 13:  // a function's cached plan and a DO block that commits nothing
      enter(c, tenant);
      add(c, tenant, NULL, "SELECT account_id FROM newest()");
      add(c, 0, "2D000", "DO $$ BEGIN COMMIT; END $$");
      add(c, 0, NULL, "ROLLBACK");
      break;
    default:  // gone in the middle of it
      enter(c, tenant);
      add(c, tenant, NULL, read_some);
      c->leaving = true;
  }
  by_kind[c->kind]++;
}

static void die(const char *what, const char *why) {
  fprintf(stderr, "pooled_clients: %s: %s\n", what, why);
  exit(2);
}

static void send_step(client *c) {
  const step *s = &c->steps[c->at];
  const int sent = s->parameter != NULL ? PQsendQueryParams(c->connection, s->sql, 1, NULL, &s->parameter, NULL, NULL, 0) : PQsendQuery(c->connection, s->sql);
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
  send_step(c);
}

static void report(const char *what, const client *c, const step *s, const char *got) {
  fprintf(stderr, "%s: kind %d, step %d, tenant %d: %.120s -> %s\n", what, c->kind, c->at, s->tenant, s->sql, got);
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
  random_state = seed * 0x9E3779B97F4A7C15ULL + 1;
  if (clients < 1 || clients > most_clients) die("clients", argv[5]);

  crypto_sign_keypair(public_key, secret_key);
  if (!usual) {
    char hex[2 * sizeof public_key + 1], sql[256];
    sodium_bin2hex(hex, sizeof hex, public_key, sizeof public_key);
    PGconn *admin = PQconnectdb(argv[2]);
    snprintf(sql, sizeof sql, "SELECT primecloud.add_token_key('soak', 'EdDSA', '\\x%s')", hex);
    PGresult *added = PQexec(admin, sql);
    if (PQresultStatus(added) != PGRES_TUPLES_OK) die("adding the key", PQerrorMessage(admin));
    PQclear(added);
    PQfinish(admin);
  }
  mint_tokens();

  static client all[most_clients];
  static bool errors[most_clients];
  struct pollfd sockets[most_clients];
  for (int i = 0; i < clients; i++) {
    connect_client(&all[i]);
    begin_transaction(&all[i]);
  }
  int running = clients;
  while (running > 0) {
    for (int i = 0; i < clients; i++) sockets[i] = (struct pollfd){all[i].count > 0 ? PQsocket(all[i].connection) : -1, POLLIN, 0};
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
        while (c->at < c->count - 1 && strcmp(c->steps[c->at].sql, "ROLLBACK") != 0 && strcmp(c->steps[c->at].sql, "COMMIT") != 0) c->at++;
      }
      if (c->at < c->count) {
        send_step(c);
        continue;
      }
      done++;
      if (c->leaving) connect_client(c);
      if (time(NULL) - minted > 100) mint_tokens();
      if (done + running <= wanted) {
        begin_transaction(c);
      } else {
        c->count = 0;
        running--;
      }
    }
  }
  for (int i = 0; i < clients; i++) PQfinish(all[i].connection);
  printf("seed %llu: %ld transactions, %ld rows, %ld foreign rows, %ld refusals, %ld cancels, %ld unexpected answers\n", (unsigned long long)seed, done, rows_checked, leaks, refused,
         cancelled, unexpected);
  for (int kind = 0; kind <= 14; kind++) {
    if (by_kind[kind] == 0 && wanted >= 10000) die("kinds", "one never came");
  }
  return leaks > 0 ? 3 : unexpected > 0 || rows_checked < wanted / 4 || (!usual && wanted >= 10000 && cancelled == 0) ? 1 : 0;
}
