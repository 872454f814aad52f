// What clients do: fifteen kinds of transactions, the rare ones as rarely as in life.
#include <stdio.h>
#include <string.h>

#include "client.h"

static uint64_t state;

void seed_random(uint64_t seed) { state = seed * 0x9E3779B97F4A7C15ULL + 1; }
static uint64_t next_random(void) {  // xorshift64*
  state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
  return state * 2685821657736338717ULL;
}
int below(int limit) { return (int)((next_random() >> 33) % (uint64_t)limit); }

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
  const char *token = token_of(tenant, below(users));
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
    "SELECT account_id, body FROM notes ORDER BY id DESC LIMIT 3; SELECT n.account_id FROM notes n JOIN "
    "notes m USING (id) WHERE n.id % 7 = 3 LIMIT 2";

// What no context gives: an error here, and whatever the session holds in the usual way.
static const char *refusal(const char *state) { return usual ? "?" : state; }

void plan(client *c) {
  char sql[2000];
  const int tenant = 1 + below(tenants), dice = below(1000);
  c->count = c->at = 0;
  c->failed = c->leaving = false;
  c->kind = dice < 400   ? 0
            : dice < 550 ? 1
            : dice < 620 ? 2
            : dice < 660 ? 3
            : dice < 700 ? 4
            : dice < 760 ? 5
            : dice < 820 ? 6
            : dice < 860 ? 7
            : dice < 900 ? 8
            : dice < 930 ? 9
            : dice < 950 ? 10
            : dice < 970 ? 11
            : dice < 985 ? 12
            : dice < 995 ? 13
                         : 14;
  switch (c->kind) {
    case 0:  // reading, in one message and in several
      if (!usual && below(2)) {
        snprintf(sql, sizeof sql, "BEGIN; SELECT primecloud.enter('%s'); %s; COMMIT",
                 token_of(tenant, below(users)), read_some);
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
      add(c, tenant, NULL,
          "UPDATE notes SET changed = changed + 1 WHERE id IN (SELECT id FROM notes ORDER BY id DESC LIMIT "
          "1) RETURNING account_id");
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
      add(c, 0, usual ? NULL : "28000",
          usual ? "SELECT 1" : "SELECT primecloud.enter('eyJhbGciOiJFZERTQSIsImtpZCI6InNvYWsifQ.e30.AAAA')");
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
      add(c, 0, NULL,
          "CREATE TEMP TABLE IF NOT EXISTS notes (id bigint, account_id int DEFAULT -1, body text, changed "
          "int); INSERT INTO pg_temp.notes VALUES (9, -1, 'planted')");
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
        add(c, 0, NULL, "SELECT primecloud.enter($1)")->parameter = token_of(tenant, 0);
        add(c, tenant, NULL, read_some);
        add(c, 0, NULL, "ROLLBACK TO s");
        add(c, 0, "42501", "SELECT account_id FROM notes");
      }
      add(c, 0, NULL, "ROLLBACK");
      break;
    case 11:  // a second tenant in one transaction
      enter(c, tenant);
      if (!usual)
        add(c, 0, "55000", "SELECT primecloud.enter($1)")->parameter = token_of(tenant % tenants + 1, 0);
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
}
