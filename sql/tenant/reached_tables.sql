-- What protect_schema() reaches by foreign keys, and by which key each table is reached.

-- Of all the keys that lead from what is reached already, the best is gone by each time: one that is always there before one that may be
-- NULL, then by name.  They are read and ranked once, and those that can be gone by wait in a heap, the best on top.
CREATE FUNCTION primecloud_internal.reached_by_keys(tenants regclass, reached regclass[], others regclass[], OUT rel regclass, OUT way oid)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tables CONSTANT regclass[] := reached || others;
    arrived boolean[] := array_fill(true, ARRAY[cardinality(reached)]) || array_fill(false, ARRAY[cardinality(others)]);
    keys oid[];          -- the best first: what follows names a key by its place here
    sources integer[];   -- for each key the place of its table among the tables
    outward integer[];   -- keys by the table that they point at
    outward_from integer[];  -- for each table where its keys begin in that list
    heap integer[] := '{}';
    size integer := 0;
    here integer;
    place integer;
    below integer;
    best integer;
BEGIN
    WITH numbered AS MATERIALIZED (
        SELECT t.rel::oid AS rel, t.n::integer FROM unnest(tables) WITH ORDINALITY AS t(rel, n)),
    ranked AS MATERIALIZED (
        SELECT k.oid, source.n AS source, target.n AS target, row_number() OVER (ORDER BY
            EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull),
            k.conname, k.oid)::integer AS rank
        FROM pg_constraint k JOIN numbered source ON source.rel = k.conrelid JOIN numbered target ON target.rel = k.confrelid
        WHERE k.contype = 'f' AND source.n > cardinality(reached) AND k.confrelid <> tenants::oid)
    SELECT ARRAY(SELECT r.oid FROM ranked r ORDER BY r.rank), ARRAY(SELECT r.source FROM ranked r ORDER BY r.rank),
        ARRAY(SELECT r.rank FROM ranked r ORDER BY r.target),
        ARRAY(SELECT 1 + coalesce(sum(c.keys) OVER (ORDER BY n.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::integer
              FROM (SELECT numbered.n FROM numbered UNION ALL SELECT cardinality(tables) + 1) AS n
              LEFT JOIN (SELECT r.target, count(*) AS keys FROM ranked r GROUP BY r.target) AS c ON c.target = n.n ORDER BY n.n)
    INTO keys, sources, outward, outward_from;
    here := 0;
    LOOP
        -- The tables that were reached at first, then each as it is reached.
        IF here < cardinality(reached) THEN
            here := here + 1;
        ELSE
            EXIT WHEN size = 0;
            best := heap[1];
            below := heap[size];
            size := size - 1;
            place := 1;
            WHILE 2 * place <= size LOOP
                here := 2 * place + (2 * place < size AND heap[2 * place + 1] < heap[2 * place])::integer;
                EXIT WHEN below < heap[here];
                heap[place] := heap[here];
                place := here;
            END LOOP;
            heap[place] := below;
            here := sources[best];
            CONTINUE WHEN arrived[here];
            arrived[here] := true;
            rel := tables[here];
            way := keys[best];
            RETURN NEXT;
        END IF;
        FOR outgoing IN outward_from[here] .. outward_from[here + 1] - 1 LOOP
            size := size + 1;
            place := size;
            WHILE place > 1 AND heap[place / 2] > outward[outgoing] LOOP
                heap[place] := heap[place / 2];
                place := place / 2;
            END LOOP;
            heap[place] := outward[outgoing];
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.reached_by_keys(regclass, regclass[], regclass[]) IS
    'the tables that hang by foreign keys from those that are reached, in the order in which they are protected, and the key of each';
