-- assert_isolated: tries to reach another tenant's rows as the application would.

CREATE FUNCTION primecloud_internal.enter_probe(tenant text, role text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_enter_probe';
COMMENT ON FUNCTION primecloud_internal.enter_probe(text, text)
    IS 'enters a tenant without asking for membership; called by assert_isolated()';
REVOKE ALL ON FUNCTION primecloud_internal.enter_probe(text, text) FROM PUBLIC;

-- Runs one statement as a role in a tenant and undoes it: what it answered (a count, or the
-- rows it touched), the SQLSTATE it was refused with, or why it could not be tried.  Triggers
-- and rules are left out, unless it is they that are tried: what a trigger does outside the
-- transaction (a sequence, an advisory lock of the session) is not undone.
CREATE FUNCTION primecloud_internal.try_as(app_role text, tenant text, role text, statement text, argument text, reads boolean,
    fires boolean, OUT answer text, OUT refused text, OUT untried text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_try_as';
COMMENT ON FUNCTION primecloud_internal.try_as(text, text, text, text, text, boolean, boolean)
    IS 'runs a statement with the rights of a role alone, in a tenant, and undoes it; called by assert_isolated()';
REVOKE ALL ON FUNCTION primecloud_internal.try_as(text, text, text, text, text, boolean, boolean) FROM PUBLIC;

-- Two tenants of a table, how many rows the one has, a row of the other, and whether all of
-- the table was read.  Without SQL: whatever the table's owner made does not run.
CREATE FUNCTION primecloud_internal.tenant_rows(rel regclass, tenant_column text, OUT one text, OUT other text, OUT own_rows bigint,
    OUT foreign_row text, OUT whole boolean)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_rows';
COMMENT ON FUNCTION primecloud_internal.tenant_rows(regclass, text)
    IS 'what assert_isolated() compares with; reads past row-level security and without SQL';
REVOKE ALL ON FUNCTION primecloud_internal.tenant_rows(regclass, text) FROM PUBLIC;

-- A view that is written by what its owner made: it cannot be tried without that.
CREATE FUNCTION primecloud_internal.writes_by_triggers(view regclass) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_class c WHERE c.oid = view AND c.relkind = 'v' AND
        (EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid) OR EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid
            AND r.ev_type <> '1')));
$$;
COMMENT ON FUNCTION primecloud_internal.writes_by_triggers(regclass) IS 'whether a view is written by triggers or rules of its own';

-- Whose code a statement over a table or view runs or plans: the owners of the functions in
-- views, policies, checks, generated columns, indexes, statistics and partition keys, in the
-- types of columns, and in triggers and rules as far as they fire in a trial.
CREATE FUNCTION primecloud_internal.code_owners(target regclass) RETURNS SETOF oid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH RECURSIVE mode(fires, is_view) AS (
        SELECT primecloud_internal.writes_by_triggers(target), (SELECT relkind = 'v' FROM pg_class WHERE oid = target)),
    -- What is read and written: views down to their tables, partitions, what policies ask, and
    -- what referential checks ask where they are made.
    below(rel) AS (
        SELECT target::oid
        UNION
        SELECT x.rel FROM below b, mode m, LATERAL (
            SELECT d.refobjid AS rel FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                AND d.refclassid = 'pg_class'::regclass WHERE r.ev_class = b.rel
            UNION ALL SELECT d.refobjid FROM pg_policy p JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                AND d.refclassid = 'pg_class'::regclass WHERE p.polrelid = b.rel
            UNION ALL SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = b.rel
            UNION ALL SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = b.rel
            UNION ALL SELECT CASE b.rel WHEN k.conrelid THEN k.confrelid ELSE k.conrelid END FROM pg_constraint k
                WHERE m.fires AND k.contype = 'f' AND b.rel IN (k.conrelid, k.confrelid)) AS x),
    made(classid, objid) AS (
        SELECT 'pg_class'::regclass::oid, rel FROM below
        UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM below JOIN pg_index i ON i.indrelid = rel
        UNION ALL SELECT 'pg_rewrite'::regclass, r.oid FROM below JOIN pg_rewrite r ON r.ev_class = rel, mode
            WHERE r.ev_type = '1' OR r.ev_enabled IN ('A', 'R') OR fires
        UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM below JOIN pg_trigger t ON t.tgrelid = rel, mode
            WHERE t.tgenabled IN ('A', 'R') OR fires
        UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM below JOIN pg_policy p ON p.polrelid = rel
        UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM below JOIN pg_constraint k ON k.conrelid = rel
        UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid FROM below JOIN pg_statistic_ext s ON s.stxrelid = rel
        -- A trial names every column of a table; a view may leave some to their defaults.
        UNION ALL SELECT 'pg_attrdef'::regclass, f.oid FROM below JOIN pg_attrdef f ON f.adrelid = rel
            JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum, mode WHERE a.attgenerated <> '' OR is_view),
    typed(oid) AS (
        SELECT a.atttypid FROM below JOIN pg_attribute a ON a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped
        UNION SELECT d.refobjid FROM made JOIN pg_depend d USING (classid, objid) WHERE d.refclassid = 'pg_type'::regclass
        UNION
        SELECT x.oid FROM typed y JOIN pg_type t ON t.oid = y.oid LEFT JOIN pg_range r ON r.rngtypid = t.oid, LATERAL (
            SELECT v FROM (VALUES (t.typbasetype), (t.typelem), (r.rngsubtype)) AS u(v) WHERE v <> 0
            UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0
                AND NOT a.attisdropped) AS x(oid)),
    used(classid, objid) AS (
        SELECT d.refclassid, d.refobjid FROM made JOIN pg_depend d USING (classid, objid)
        UNION SELECT d.refclassid, d.refobjid FROM typed JOIN pg_constraint k ON k.contypid = typed.oid
            JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
        UNION SELECT 'pg_proc'::regclass, f FROM typed JOIN pg_range r ON r.rngtypid = typed.oid,
            LATERAL (VALUES (r.rngcanonical::oid), (r.rngsubdiff::oid)) AS v(f)
        UNION SELECT 'pg_proc'::regclass, f FROM typed JOIN pg_type t ON t.oid = typed.oid, LATERAL (VALUES (t.typinput::oid),
            (t.typoutput::oid), (t.typreceive::oid), (t.typsend::oid), (t.typmodin::oid), (t.typmodout::oid), (t.typanalyze::oid)) AS v(f))
    SELECT p.proowner FROM used JOIN pg_proc p ON p.oid = objid AND classid = 'pg_proc'::regclass
    UNION SELECT w FROM used JOIN pg_operator o ON o.oid = objid AND classid = 'pg_operator'::regclass
        LEFT JOIN pg_proc p ON p.oid = o.oprcode, LATERAL (VALUES (o.oprowner), (p.proowner)) AS v(w) WHERE w IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.code_owners(regclass)
    IS 'the owners of what runs when a table or view is read or written in a trial';

-- Why a table or view is not tried: NULL for one that runs nothing but what a superuser made.
-- A tenant is entered for the trial, and a superuser's session made it: neither is lent.
CREATE FUNCTION primecloud_internal.reason_to_skip(target regclass) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN c.relpersistence = 't' THEN 'it is temporary'
                ELSE (SELECT 'it runs what ' || string_agg(pg_get_userbyid(o), ', ' ORDER BY pg_get_userbyid(o)) || ' made'
                      FROM primecloud_internal.code_owners(target) AS o
                      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE oid = o AND rolsuper)) END
    FROM pg_class c WHERE c.oid = target;
$$;
COMMENT ON FUNCTION primecloud_internal.reason_to_skip(regclass)
    IS 'why assert_isolated() does not try a table or view; NULL if it does';

-- What is tried on a table, a partition or a view.  `allowed`: how many rows it may touch;
-- -1: it must be refused.  `foreign_row`: a row of the other tenant, as text; a view's is read
-- as the application in that tenant.
CREATE FUNCTION primecloud_internal.isolation_probes(target regclass, tenant_column name, one text, other text, own_rows bigint,
    foreign_row text, confined boolean)
    RETURNS TABLE (tenant text, role text, statement text, argument text, reads boolean, allowed bigint, claim text, applies boolean)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = target);
    columns text;
    own_columns text;  -- the same, with the tenant of the one who tries
    theirs text := format('%I::text = %L', tenant_column, other);
    two boolean := coalesce(one <> other, false);
    -- The server merges into no view, and into no table with rules.
    merges boolean := kind <> 'v' AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = target);
    key name := (SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = target AND a.attname = tenant_column
                 WHERE c.conrelid = target AND c.contype IN ('p', 'u') AND NOT a.attnum = ANY (c.conkey) AND NOT c.condeferrable
                     ORDER BY c.contype, c.conname LIMIT 1);
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), string_agg(CASE attname WHEN tenant_column THEN format('%L', one)
        ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
    INTO columns, own_columns FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND attidentity <> 'a';
    RETURN QUERY SELECT t.tenant, t.role, t.statement, CASE WHEN t.takes_row THEN foreign_row END, t.reads, t.allowed, t.claim,
        coalesce(t.applies, false) FROM (VALUES
        (1, NULL, 'owner', format('SELECT count(*) FROM %s', target), true, false, 0::bigint, 'without a context no row is seen', true),
        (2, one, 'owner', format('SELECT count(*) FROM %s', target), true, false, own_rows, 'a tenant sees all of its rows',
            one IS NOT NULL),
        (3, one, 'owner', format('SELECT count(*) FROM %s WHERE %I::text <> %L', target, tenant_column, one), true, false, 0,
            'and none of another', one IS NOT NULL),
        (4, one, 'owner', format('SELECT count(*) FROM %s WHERE %s', target, theirs), true, false, 0, 'not by naming the other tenant',
            two),
        (5, one, 'owner', format('SELECT count(*) FROM (SELECT FROM %s WHERE %s FOR UPDATE) AS locked', target, theirs), true, false, 0,
            'nor by locking its rows', two),
        (6, one, 'owner', format('INSERT INTO %1$s (%2$s)%3$s SELECT %2$s FROM (SELECT ($1::%1$s).*) AS theirs', target, columns,
            CASE kind WHEN 'v' THEN '' ELSE ' OVERRIDING SYSTEM VALUE' END),
            false, true, 0, 'a row of another tenant cannot be inserted', two AND foreign_row IS NOT NULL),
        (7, one, 'owner', format('UPDATE %s SET %2$I = %2$I WHERE %3$s', target, tenant_column, theirs), false, false, 0, 'nor updated',
            two),
        (8, one, 'owner', format('UPDATE %s SET %2$I = %3$L WHERE %2$I::text = %4$L', target, tenant_column, other, one), false, false, 0,
            'a row cannot be moved to another tenant', two),
        (9, one, 'owner', format('DELETE FROM %s WHERE %s', target, theirs), false, false, 0, 'a row of another tenant cannot be deleted',
            two),
        (10, one, 'owner', format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM (SELECT ($1::%1$s).*) AS theirs ON '
            'CONFLICT ON CONSTRAINT %4$s DO UPDATE SET %5$I = excluded.%5$I',
            target, columns, own_columns, quote_ident(key), tenant_column), false, true, 0, 'nor taken over by ON CONFLICT',
                CASE WHEN key IS NOT NULL THEN two AND foreign_row IS NOT NULL END),
        (11, one, 'owner', format('MERGE INTO %s AS t USING (VALUES (1)) AS s(x) ON t.%s WHEN MATCHED THEN UPDATE SET %I = %L', target,
            theirs, tenant_column, one), false, false, 0,
            'nor by MERGE', CASE WHEN merges THEN two END),
        (12, one, 'owner', format('MERGE INTO %s AS t USING (VALUES (1)) AS s(x) ON t.%s WHEN MATCHED THEN DELETE', target, theirs), false,
            false, 0,
            'nor deleted by MERGE', CASE WHEN merges THEN two END),
        (13, one, 'owner', format('TRUNCATE %s', target), false, false, -1, 'the table cannot be truncated',
            CASE WHEN kind <> 'v' THEN one IS NOT NULL END),
        (14, one, 'external_client', format('SELECT count(*) FROM %s', target), true, false, 0,
            'a confined user to whom nothing was granted sees no row', CASE WHEN confined THEN one IS NOT NULL END)
        ) AS t(n, tenant, role, statement, reads, takes_row, allowed, claim, applies)
    WHERE t.applies IS NOT NULL OR t.n < 10 ORDER BY t.n;
END $$;
COMMENT ON FUNCTION primecloud_internal.isolation_probes(regclass, name, text, text, bigint, text, boolean)
    IS 'the statements that assert_isolated() tries';
REVOKE ALL ON FUNCTION primecloud_internal.isolation_probes(regclass, name, text, text, bigint, text, boolean) FROM PUBLIC;

-- What is tried within one account on a table that entering asks: to become more than one
-- is, or to make somebody so.  `sample` is a row of the table, whoever's.
CREATE FUNCTION primecloud_internal.rank_probes(rel regclass, tenant_column name, one text, sample text)
    RETURNS TABLE (tenant text, role text, statement text, argument text, reads boolean, allowed bigint, claim text, applies boolean)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT one, t.role, format(t.pattern, rel, tenant_column, one, r.role_column, c.columns,
               (SELECT string_agg(CASE attname WHEN tenant_column THEN format('%L', one) WHEN r.role_column THEN quote_literal(t.rank)
                   ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
                FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'),
                    t.rank, r.status_column),
           sample, false, 0::bigint, t.claim, one IS NOT NULL
    FROM primecloud_internal.registered_as(rel) AS r,
        LATERAL (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
                 WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a') AS c,
        LATERAL (VALUES
            (1, 'members', 'external_client', 'owner', 'UPDATE %1$s SET %4$I = %7$L WHERE %2$I::text = %3$L',
                'an external client makes nobody owner'),
            (2, 'members', 'developer', 'owner', 'UPDATE %1$s SET %4$I = %7$L WHERE %2$I::text = %3$L',
                'a developer makes nobody owner, himself neither'),
            (3, 'members', 'admin', 'owner', 'UPDATE %1$s SET %4$I = %7$L WHERE %2$I::text = %3$L', 'an admin makes nobody owner'),
            (4, 'members', 'admin', 'owner', 'UPDATE %1$s SET %4$I = %4$I WHERE %4$I = ''owner'' AND %2$I::text = %3$L',
                'nor changes an owner'),
            (5, 'members', 'admin', 'owner', 'DELETE FROM %1$s WHERE %4$I = ''owner'' AND %2$I::text = %3$L', 'nor removes one'),
            (6, 'members', 'admin', 'owner',
                'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (SELECT ($1::%1$s).*) AS another', 'nor takes one in'),
            (7, 'members', 'developer', 'external_client',
                'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (SELECT ($1::%1$s).*) AS another',
                'a developer takes nobody in'),
            (8, 'accounts', 'developer', NULL, 'UPDATE %1$s SET %8$I = %8$I WHERE %2$I::text = %3$L',
                'a developer changes no status of the account'),
            (9, 'grants', 'developer', NULL,
                'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (SELECT ($1::%1$s).*) AS another',
                'a developer grants nothing'),
            (10, 'grants', 'developer', NULL, 'UPDATE %1$s SET %2$I = %2$I WHERE %2$I::text = %3$L', 'nor changes what was granted'),
            (11, 'grants', 'developer', NULL, 'DELETE FROM %1$s WHERE %2$I::text = %3$L', 'nor takes it away')
        ) AS t(n, part, role, rank, pattern, claim)
    WHERE t.part = r.part ORDER BY t.n;
$$;
COMMENT ON FUNCTION primecloud_internal.rank_probes(regclass, name, text, text)
    IS 'the statements by which assert_isolated() tries to rise within an account';
REVOKE ALL ON FUNCTION primecloud_internal.rank_probes(regclass, name, text, text) FROM PUBLIC;

-- What the catalog says already.
CREATE FUNCTION primecloud_internal.isolation_facts(rel regclass, tenant_column name, app_role name)
    RETURNS TABLE (holds boolean, claim text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT relrowsecurity AND relforcerowsecurity, 'row-level security is enabled and forced' FROM pg_class WHERE oid = rel
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
                       WHERE CASE t.kind WHEN 'f' THEN has_table_privilege(app_role, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                           ELSE NOT (relrowsecurity AND relforcerowsecurity) END), 'and on every partition'
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t, pg_attribute a,
                           LATERAL primecloud_internal.tenant_policies(t.relid, tenant_column, a.atttypid, 'owner', 'owner', 'owner') AS w
                       WHERE t.kind IN ('r', 'p') AND a.attrelid = t.relid AND a.attname = tenant_column AND w.policy = 'primecloud_floor'
                         AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.relid AND p.polname = w.policy AND NOT p.polpermissive
                             AND p.polcmd = '*' AND p.polroles = '{0}'
                                         AND pg_get_expr(p.polqual, t.relid) = w.qual
                                             AND pg_get_expr(p.polwithcheck, t.relid) = w.with_check)), 'the floor is whole'
    UNION ALL
    SELECT NOT rolsuper AND NOT rolbypassrls AND NOT EXISTS (SELECT FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls)
        AND pg_has_role(app_role, r.oid, 'MEMBER')),
           format('%s is held by policies', app_role) FROM pg_roles WHERE rolname = app_role
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname IN ('pg_write_server_files', 'pg_execute_server_program',
        'pg_read_server_files') AND pg_has_role(app_role, r.oid, 'MEMBER')),
           format('%s does not reach the server''s files', app_role)
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
        WHERE pg_has_role(app_role, c.relowner, 'MEMBER')), format('%s cannot become the owner', app_role)
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t
        WHERE has_table_privilege(app_role, t.relid, 'TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(app_role, t.relid, 'REFERENCES')),
           format('%s cannot truncate, reference or attach a trigger', app_role)
    UNION ALL
    -- Referential actions write past every policy: a rank could come with the key of another table.
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.open_carriers(rel) AS c
                       WHERE CASE c.role WHEN 'public' THEN true ELSE pg_has_role(app_role, c.role::name, 'MEMBER') END),
           format('no key of another table that %s may change is carried into it', app_role)
    WHERE primecloud_internal.rank_column(rel) IS NOT NULL OR EXISTS (SELECT FROM primecloud_internal.registered_as(rel))
    UNION ALL
    SELECT primecloud_internal.members_are_unique(rel), 'no user has two rows of one account, of which the lesser role would count'
    WHERE primecloud_internal.member_columns(rel) IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.isolation_facts(regclass, name, name) IS 'what assert_isolated() reads in the catalog';
REVOKE ALL ON FUNCTION primecloud_internal.isolation_facts(regclass, name, name) FROM PUBLIC;

CREATE FUNCTION assert_isolated(rel regclass, app_role name) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant_column name := primecloud.tenant_column(rel);
    confined boolean := EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_confine');
    number int := 0;
    known record;
    foreign_row text;
    reason text;
    fires boolean;
    target record;
    tried record;
    outcome record;
BEGIN
    IF NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) THEN
        RAISE insufficient_privilege USING MESSAGE = 'assert_isolated must see the rows of every tenant', HINT = 'Run it as a superuser.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app_role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', app_role),
            HINT = 'Name the role that the application connects as.';
    END IF;
    IF tenant_column IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;
    SELECT * INTO known FROM primecloud_internal.tenant_rows(rel, tenant_column);

    FOR tried IN SELECT * FROM primecloud_internal.isolation_facts(rel, tenant_column, app_role) LOOP
        number := number + 1;
        RETURN NEXT format('%s %s - %s: %s', CASE WHEN tried.holds THEN 'ok' ELSE 'not ok' END, number, rel, tried.claim);
    END LOOP;
    IF primecloud_internal.is_distributed(rel) THEN
        number := number + 1;
        RETURN NEXT format('not ok %s - %s: is distributed: its shards have not been looked at, and restrictive policies do not hold on '
            'them', number, rel);
    END IF;
    -- The table, its parts by their own names, and the views that show the tenant.
    FOR target IN
        SELECT t.relid, 0 AS sort, t.level FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind IN ('r', 'p')
        UNION ALL
        SELECT DISTINCT v.view, 1, 0 FROM primecloud_internal.views_over(rel) v JOIN pg_class c ON c.oid = v.view JOIN pg_attribute a
            ON a.attrelid = v.view AND a.attname = tenant_column AND NOT a.attisdropped
        WHERE c.relkind = 'v' AND has_table_privilege(app_role, v.view, 'SELECT')
        ORDER BY 2, 3, 1
    LOOP
        reason := primecloud_internal.reason_to_skip(target.relid);
        fires := primecloud_internal.writes_by_triggers(target.relid);
        IF reason IS NOT NULL THEN
            number := number + 1;
            RETURN NEXT format('ok %s - %s: %s # SKIP not tried: %s', number, target.relid,
                CASE target.sort WHEN 0 THEN 'no row of another is reached' ELSE 'it shows no row of another' END, reason);
            CONTINUE;
        END IF;
        IF target.relid = rel THEN
            foreign_row := known.foreign_row;
        ELSIF target.sort = 0 THEN
            foreign_row := (SELECT r.foreign_row FROM primecloud_internal.tenant_rows(target.relid, tenant_column) AS r
                WHERE r.other = known.other);
        ELSE
            foreign_row := (SELECT t.answer FROM primecloud_internal.try_as(app_role, known.other, 'owner',
                format('SELECT t::text FROM %s AS t WHERE %I::text = %L', target.relid, tenant_column, known.other), NULL, true, fires)
                    AS t);
        END IF;
        FOR tried IN SELECT * FROM primecloud_internal.isolation_probes(target.relid, tenant_column, known.one, known.other, known.own_rows,
            foreign_row, confined)
                     UNION ALL SELECT * FROM primecloud_internal.rank_probes(rel, tenant_column, known.one, known.foreign_row)
                         WHERE target.relid = rel LOOP
            CONTINUE WHEN target.relid <> rel AND (tried.claim = 'a tenant sees all of its rows' OR NOT tried.applies);
            CONTINUE WHEN tried.claim = 'a tenant sees all of its rows' AND NOT known.whole;
            number := number + 1;
            IF NOT tried.applies THEN
                RETURN NEXT format('ok %s - %s: %s # SKIP the table has rows of %s', number, target.relid, tried.claim,
                    CASE WHEN known.one IS NULL THEN 'no tenant' ELSE 'one tenant' END);
                CONTINUE;
            END IF;
            SELECT * INTO outcome FROM primecloud_internal.try_as(app_role, tried.tenant, tried.role, tried.statement, tried.argument,
                tried.reads, fires);
            -- A view may be one that cannot be written at all.
            IF outcome.answer::bigint = tried.allowed OR (tried.allowed <= 0 AND outcome.refused = '42501')
                OR (target.sort = 1 AND outcome.refused IN ('55000', '0A000', '42P10')) THEN
                RETURN NEXT format('ok %s - %s: %s', number, target.relid, tried.claim);
            ELSE
                RETURN NEXT format('not ok %s - %s: %s (%s)', number, target.relid, tried.claim,
                    coalesce('refused with ' || outcome.refused, 'could not be tried: ' || outcome.untried,
                        format('%s rows', outcome.answer)));
            END IF;
        END LOOP;
    END LOOP;
    -- Other ways to it: each must be held by policies.
    FOR tried IN SELECT path, bool_and(held) AS held, string_agg(why, '; ' ORDER BY why) AS why
        FROM primecloud.explain_access(rel, app_role) WHERE path ~ '^(materialized )?view ' GROUP BY path ORDER BY path LOOP
        number := number + 1;
        RETURN NEXT format('%s %s - %s: by %s, policies hold: %s', CASE WHEN tried.held THEN 'ok' ELSE 'not ok' END, number, rel,
            tried.path, tried.why);
    END LOOP;
    RETURN QUERY SELECT format('# %s: %s: %s', rel, path, why) FROM primecloud.explain_access(rel, app_role) WHERE path ~ '^function '
        AND NOT held ORDER BY 1;
    RETURN QUERY SELECT format('# %s: foreign key "%s" lets a row point at another tenant''s in %s: see primecloud.protect_fk()', rel,
        conname, confrelid::regclass) FROM pg_constraint c
        WHERE c.conrelid = rel AND c.contype = 'f' AND primecloud.tenant_column(c.confrelid) IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant_column AND a.attnum = ANY (c.conkey))
              ORDER BY 1;
    -- No rank rises by that, and applications delete users: told, not forbidden.
    RETURN QUERY SELECT format('# %s: foreign key "%s" removes rows with those of %s, whatever their rank, and %s may delete there', rel,
        k.conname, k.confrelid::regclass, app_role) FROM pg_constraint k
        WHERE k.conrelid = rel AND k.contype = 'f' AND k.confdeltype = 'c' AND primecloud_internal.rank_column(rel) IS NOT NULL
          AND has_table_privilege(app_role, k.confrelid, 'DELETE')
          AND NOT EXISTS (SELECT FROM primecloud_internal.registered_as(k.confrelid) WHERE part = 'accounts') ORDER BY 1;
    RETURN QUERY SELECT format('# %s: "%s" tells whether a value exists at another tenant: see primecloud.protect_unique()', rel,
        i.indexrelid::regclass) FROM pg_index i
        WHERE i.indrelid = rel AND i.indisunique AND NOT i.indisprimary
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant_column
              AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) ORDER BY 1;
    RETURN NEXT format('1..%s', number);
END $$;
COMMENT ON FUNCTION assert_isolated(regclass, name) IS
    'TAP lines: what a role can and cannot do with the rows of another tenant, on the table, its partitions and the views over it, tried '
        'and undone; run it as a superuser';
REVOKE ALL ON FUNCTION assert_isolated(regclass, name) FROM PUBLIC;
