// A client of test/server/pooled_soak: what it is about to send, and whose rows it may see.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

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

// Entering by a setting, to show that the test sees a leak where there is one.
extern bool usual;

// Plans the next transaction of a client, which is another tenant's than the last.
void plan(client *c);

// A number below a limit; the same ones for the same seed.
void seed_random(uint64_t seed);
int below(int limit);

// Tokens of each tenant's users, good for four minutes, and the public key in hex.
void make_keys(char *public_hex, int size);
void mint_tokens(void);
const char *token_of(int tenant, int user);
