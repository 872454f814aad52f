-- assert_isolated: tries to reach another tenant's rows as the application would.

CREATE FUNCTION assert_isolated(rel regclass, app_role name) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    tenant_column name := primecloud.tenant_column(rel);
    confined boolean := EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_confine');
    number int := 0;
    spread boolean := primecloud_internal.is_distributed(rel);
    away text := CASE WHEN spread THEN primecloud_internal.nodes_away() END;
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
    SELECT * INTO known FROM primecloud_internal.rows_known(rel, tenant_column);

    FOR tried IN SELECT * FROM primecloud_internal.isolation_facts(rel, tenant_column, app_role) LOOP
        number := number + 1;
        RETURN NEXT primecloud_internal.tap_line(tried.holds, number, format('%s: %s', rel, tried.claim));
    END LOOP;
    IF away IS NOT NULL THEN
        known.whole := NULL;
    END IF;
    IF spread AND known.whole IS NULL THEN
        number := number + 1;
        RETURN NEXT primecloud_internal.tap_line(false, number, format('%s: its rows lie on other servers, and have not been tried%s', rel,
            ': no answer from ' || away));
    END IF;
    -- The table, its parts by their own names, and the views that show the tenant.
    FOR target IN
        SELECT t.relid, 0 AS sort, t.level FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind IN ('r', 'p')
            AND known.whole IS NOT NULL
        UNION ALL
        SELECT DISTINCT v.view, 1, 0 FROM primecloud_internal.views_over(rel) v JOIN pg_class c ON c.oid = v.view JOIN pg_attribute a
            ON a.attrelid = v.view AND a.attname = tenant_column AND NOT a.attisdropped
        WHERE c.relkind = 'v' AND has_table_privilege(app_role, v.view, 'SELECT') AND known.whole IS NOT NULL
        ORDER BY 2, 3, 1
    LOOP
        reason := primecloud_internal.hold_for_trial(target.relid);
        fires := primecloud_internal.writes_by_triggers(target.relid);
        IF reason IS NOT NULL THEN
            number := number + 1;
            RETURN NEXT primecloud_internal.tap_line(true, number, format('%s: %s', target.relid,
                CASE target.sort WHEN 0 THEN 'no row of another is reached' ELSE 'it shows no row of another' END),
                'SKIP', 'not tried: ' || reason);
            CONTINUE;
        END IF;
        IF target.relid = rel THEN
            foreign_row := known.foreign_row;
        ELSIF target.sort = 0 THEN
            foreign_row := (SELECT r.foreign_row FROM primecloud_internal.rows_known(target.relid, tenant_column) AS r
                WHERE r.other = known.other);
        ELSE
            foreign_row := (SELECT t.answer FROM primecloud_internal.try_as(app_role, known.other, 'owner',
                format('SELECT t FROM %s AS t WHERE %I::text = %L', target.relid, tenant_column, known.other), NULL, true, fires, NULL)
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
                RETURN NEXT primecloud_internal.tap_line(true, number, format('%s: %s', target.relid, tried.claim),
                    'SKIP', 'the table has rows of ' || CASE WHEN known.one IS NULL THEN 'no tenant' ELSE 'one tenant' END);
                CONTINUE;
            END IF;
            SELECT * INTO outcome FROM primecloud_internal.try_as(app_role, tried.tenant, tried.role, tried.statement, tried.argument,
                tried.reads, fires, target.relid);
            -- Whoever holds a shard locked would have each of these wait a second.
            IF spread AND outcome.refused = '55P03' THEN
                RETURN NEXT primecloud_internal.tap_line(false, number, format('%s: its rows lie on other servers, and have not been '
                    'tried: somebody holds them locked', target.relid));
                EXIT;
            END IF;
            -- A view may be one that cannot be written at all.
            IF outcome.answer::bigint = tried.allowed OR (tried.allowed <= 0 AND outcome.refused = '42501')
                OR (target.sort = 1 AND outcome.refused IN ('55000', '0A000', '42P10')) THEN
                RETURN NEXT primecloud_internal.tap_line(true, number, format('%s: %s', target.relid, tried.claim));
            -- What Citus does not run says nothing of policies.
            ELSIF spread AND tried.allowed <= 0 AND outcome.refused IN ('0A000', 'XX000') THEN
                RETURN NEXT primecloud_internal.tap_line(true, number, format('%s: %s', target.relid, tried.claim), 'SKIP',
                    'not tried: Citus does not run it');
            ELSE
                RETURN NEXT primecloud_internal.tap_line(false, number, format('%s: %s (%s)', target.relid, tried.claim,
                    coalesce('refused with ' || outcome.refused, 'could not be tried: ' || outcome.untried,
                        format('%s rows', outcome.answer))));
            END IF;
        END LOOP;
        EXIT WHEN spread AND outcome.refused = '55P03';
    END LOOP;
    -- Other ways to it: each must be held by policies.
    FOR tried IN SELECT path, bool_and(held) AS held, string_agg(why, '; ' ORDER BY why) AS why
        FROM primecloud.explain_access(rel, app_role) WHERE path ~ '^(materialized )?view ' GROUP BY path ORDER BY path LOOP
        number := number + 1;
        RETURN NEXT primecloud_internal.tap_line(tried.held, number, format('%s: by %s, policies hold: %s', rel, tried.path, tried.why));
    END LOOP;
    RETURN QUERY SELECT primecloud_internal.one_line(format('# %s: %s: %s', rel, path, why))
        FROM primecloud.explain_access(rel, app_role) WHERE path ~ '^function ' AND NOT held ORDER BY 1;
    RETURN QUERY SELECT primecloud_internal.one_line(format('# %s: foreign key "%s" lets a row point at another tenant''s in %s: see '
        'primecloud.protect_fk()', rel, conname, confrelid::regclass)) FROM pg_constraint c
        WHERE c.conrelid = rel AND c.contype = 'f' AND primecloud.tenant_column(c.confrelid) IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant_column AND a.attnum = ANY (c.conkey))
              ORDER BY 1;
    -- No rank rises by that, and applications delete users: told, not forbidden.
    RETURN QUERY SELECT primecloud_internal.one_line(format('# %s: foreign key "%s" removes rows with those of %s, whatever their rank, '
        'and %s may delete there', rel, k.conname, k.confrelid::regclass, app_role)) FROM pg_constraint k
        WHERE k.conrelid = rel AND k.contype = 'f' AND k.confdeltype = 'c' AND primecloud_internal.rank_column(rel) IS NOT NULL
          AND has_table_privilege(app_role, k.confrelid, 'DELETE')
          AND NOT EXISTS (SELECT FROM primecloud_internal.registered_as(k.confrelid) WHERE part = 'accounts') ORDER BY 1;
    -- What a trigger makes of a row nobody can tell beforehand, and most only set a date.
    RETURN QUERY SELECT DISTINCT primecloud_internal.one_line(format('# %s: what trigger "%s" of %s makes of a row that %s changes is '
        'carried into it, if it changes the key', rel, t.tgname, c.source, app_role))
        FROM primecloud_internal.carriers(rel) AS c JOIN pg_trigger t ON t.tgrelid = c.source
        JOIN LATERAL primecloud_internal.written_names(c.source, 0::int2) AS n
            ON primecloud_internal.may_change((SELECT oid FROM pg_roles WHERE rolname = app_role), n.name, 0::int2, false, n.rule)
        -- BEFORE, FOR EACH ROW, UPDATE
        WHERE NOT c.gone AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype::int & 19 = 19
          AND NOT primecloud_internal.carrier_is_held(rel, c.source, c.source_column, false) ORDER BY 1;
    RETURN QUERY SELECT primecloud_internal.one_line(format('# %s: "%s" tells whether a value exists at another tenant: see '
        'primecloud.protect_unique()', rel, i.indexrelid::regclass)) FROM pg_index i
        WHERE i.indrelid = rel AND i.indisunique AND NOT i.indisprimary
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant_column
              AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) ORDER BY 1;
    RETURN NEXT format('1..%s', number);
END $$;
COMMENT ON FUNCTION assert_isolated(regclass, name) IS
    'TAP lines: what a role can and cannot do with the rows of another tenant, on the table, its partitions and the views over it, tried '
        'and undone; run it as a superuser';
REVOKE ALL ON FUNCTION assert_isolated(regclass, name) FROM PUBLIC;
