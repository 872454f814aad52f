// Programs that types alone do not make: statements of one who reads and of one who writes, the same before and after the change,
// and rows that come only after it, to which the schema of before is held.  By the case they are of.
export const PROGRAMS = {
  d036: { writes: `INSERT INTO t (id, order_id) VALUES (1, 1)` },
  d055: { writes: [`INSERT INTO t (id) VALUES (1)`, `SELECT s FROM t`] },
  d068: { writes: `INSERT INTO t VALUES (1, 'twelve and more')` },
  d071: { comes: { sql: [`INSERT INTO t VALUES (1, 'x')`, `SELECT primecloud.to_camel_json(t)::text FROM t`], as: 'T' } },
  d075: { writes: `INSERT INTO t VALUES (1, 'x')` },
  d099: { writes: `INSERT INTO t VALUES (1, 'c')` },
  d106: { writes: `INSERT INTO t VALUES (1, 31)` },
  d110: { writes: `INSERT INTO t VALUES (1, 2, 1)` },
  d115: { reads: [`INSERT INTO t VALUES (1, 'x')`, `INSERT INTO t VALUES (2, 'x') ON CONFLICT DO NOTHING`, `SELECT count(*) FROM t WHERE s = 'x'`],
    writes: `INSERT INTO t VALUES (1, 'x') ON CONFLICT (s) DO NOTHING` },
  d119: { writes: [`INSERT INTO t VALUES (1, NULL)`, `INSERT INTO t VALUES (2, NULL)`] },
  d121: { reads: [`DO $$ BEGIN INSERT INTO b VALUES (1, 9); EXCEPTION WHEN foreign_key_violation THEN NULL; END $$`,
    `SELECT count(*) FROM b LEFT JOIN a ON a.id = a_id WHERE a_id IS NOT NULL AND a.id IS NULL`] },
  d124: { writes: [`INSERT INTO a VALUES (1, 1)`, `INSERT INTO b VALUES (1, 2, 1)`] },
  d136: { writes: `SELECT f(1)` },
  d154: { reads: `SELECT f()` },
  d158: { reads: `SELECT f(1)`, writes: `SELECT f(1)` },
  // A cursor that a client held.
  d166: { writes: [`SELECT primecloud.enter_trusted(account_id::text, user_id::text, NULL) FROM cloud.account_members LIMIT 1`,
    `SELECT count(*) FROM visits_page((SELECT primecloud.make_cursor('visits', now(), '00000000-0000-7000-8000-00000000000b')))`] },
};
