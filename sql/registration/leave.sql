-- leave: what the extension does for a table, a schema or everything is undone, in order, so that plain PostgreSQL goes on with
-- what is left.  The parts are the helpers that one could call oneself, with the caller's own rights.

-- (Descriptions and expressions of the server's are compared: no setting quotes them otherwise.  Left out is not NULL, which
-- to_regclass() gives for a name that is misspelt: nobody leaves with everything by that.)
CREATE FUNCTION leave(rel regclass DEFAULT '-', schema name DEFAULT '*', dry_run boolean DEFAULT true, unopened text DEFAULT 'refuse',
    release text DEFAULT NULL, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    everything CONSTANT boolean := rel = '-'::regclass AND schema = '*';
    found regclass[];
    tables regclass[];
    said text[] := '{}';
    told record;
    reasons text[];
    of_table record;
    unseen regclass[];
    left_alone regclass[] := '{}';
    passes_over boolean;
BEGIN
    IF rel IS NULL OR schema IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = CASE WHEN rel IS NULL THEN 'the table is NULL' ELSE 'the schema is NULL' END,
            HINT = 'Name it, or leave the argument out; to_regclass() gives NULL for a table that does not exist.';
    END IF;
    rel := nullif(rel, '-'::regclass);
    passes_over := rel IS NULL;
    schema := nullif(schema, '*');
    IF rel IS NOT NULL AND schema IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('leave table %s, or schema "%s"?', rel, schema), HINT = 'Name one of them.';
    ELSIF unopened IS NULL OR unopened NOT IN ('refuse', 'null', 'envelope') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unopened is refuse, null or envelope, not "%s"', left(unopened, 100)),
            HINT = 'It says what becomes of secrets that no key opens any more.';
    ELSIF btrim(release) = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'holds are released for a reason, not for an empty text',
            HINT = 'Name the decision that ends them; without one they stay, and so does their table.';
    ELSIF schema IS NOT NULL AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema) THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema),
            HINT = 'Name the schema that holds the application''s tables.';
    END IF;
    IF rel IS NOT NULL THEN
        PERFORM primecloud_internal.check_owner(rel);
        IF (SELECT c.relkind NOT IN ('r', 'p') OR c.relispartition FROM pg_class c WHERE c.oid = rel) THEN
            RAISE wrong_object_type USING MESSAGE = format('%s is no table of its own', rel), HINT = 'Leave the table that it is part of.';
        END IF;
        tables := ARRAY[rel];
    ELSE
        found := ARRAY(SELECT t FROM primecloud_internal.adopted_tables(schema) AS t ORDER BY t::text);
        tables := ARRAY(SELECT t FROM unnest(found) AS t JOIN pg_class c ON c.oid = t WHERE pg_has_role(c.relowner, 'USAGE')
            ORDER BY t::text);
        IF cardinality(found) > 0 AND cardinality(tables) = 0 THEN
            RAISE insufficient_privilege USING MESSAGE = format('none of %s is yours', primecloud_internal.counted(cardinality(found),
                'adopted table', 'adopted tables')), HINT = 'The owner of a table leaves with it, or a superuser with all of them.';
        END IF;
    END IF;
    FOREACH rel IN ARRAY tables LOOP
        PERFORM primecloud_internal.check_one_hand(rel) WHERE NOT (passes_over AND primecloud_internal.is_lessers(rel));
    END LOOP;
    unseen := primecloud_internal.unseen_tables(tables);
    reasons := ARRAY(SELECT r FROM primecloud_internal.reasons_not_to_leave(tables, release, everything) AS r)
        || ARRAY(SELECT format('table %s could not be looked at, which somebody holds locked', t) FROM unnest(unseen) AS t);
    IF cardinality(reasons) > 0 AND NOT dry_run THEN
        RAISE object_in_use USING MESSAGE = array_to_string(reasons, '; '),
            HINT = 'leave() without dry_run lists what is in the way; holds are released with release => ''the reason''.';
    END IF;
    RETURN QUERY SELECT '-- in the way: ' || primecloud_internal.one_line(r) FROM unnest(reasons) AS r;
    IF cardinality(found) > cardinality(tables) THEN
        RETURN NEXT '-- ' || primecloud_internal.counted(cardinality(found) - cardinality(tables), 'table stays, which is not yours',
            'tables stay, which are not yours');
    END IF;
    IF everything THEN
        RETURN QUERY SELECT * FROM primecloud_internal.dies_with_keys();
    END IF;
    IF online THEN
        -- The long part is the scripts of unseal_column(); what is left takes a moment.
        FOR of_table IN SELECT t, s.col FROM unnest(tables) AS t, primecloud_internal.sealed_columns_of(t) AS s WHERE s.state = 'registered'
                        AND t <> ALL (unseen) ORDER BY t::text LOOP
            RETURN QUERY SELECT * FROM primecloud.unseal_column(of_table.t, of_table.col, unopened => unopened, online => true);
        END LOOP;
        RETURN NEXT format('SELECT * FROM primecloud.leave(%sdry_run => false, unopened => %L%s);', CASE WHEN everything THEN ''
            WHEN schema IS NULL THEN quote_literal(tables[1]) || ', ' ELSE format('schema => %L, ', schema) END, unopened,
            coalesce(', release => ' || quote_literal(release), ''));
        RETURN;
    END IF;
    -- Keys that carry the tenant before the tables that they point at, and who may enter after all else.
    FOR of_table IN SELECT t, k.key::name AS key, NULL::text AS reason, 1 AS turn, t::text AS name FROM unnest(tables) AS t,
                        jsonb_each_text(primecloud_internal.protection_note(t) -> 'constraints') AS k(key, kind)
                        WHERE k.kind = 'foreign key' AND primecloud.tenant_column(t) IS NOT NULL AND t <> ALL (unseen)
                    UNION ALL SELECT t, NULL, NULL, CASE WHEN t IN (SELECT primecloud_internal.membership_tables()) THEN 3 ELSE 2 END,
                        t::text FROM unnest(tables) AS t WHERE t <> ALL (unseen) ORDER BY turn, name, key LOOP
        IF of_table.key IS NULL THEN
            of_table.reason := primecloud_internal.reason_to_keep_members(of_table.t, left_alone);
            IF of_table.reason IS NOT NULL THEN
                left_alone := left_alone || of_table.t;
                RETURN NEXT of_table.reason;
                CONTINUE;
            END IF;
            RETURN QUERY SELECT t FROM primecloud_internal.told_of_size(of_table.t) AS t WHERE dry_run AND t IS NOT NULL;
        END IF;
        FOR told IN SELECT * FROM primecloud_internal.leave_or_tell(of_table.t, of_table.key, unopened, release, dry_run, passes_over) LOOP
            IF told.is_left THEN
                left_alone := left_alone || of_table.t;
            END IF;
            CONTINUE WHEN told.line = ANY (said);
            said := said || told.line;
            RETURN NEXT told.line;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT * FROM primecloud_internal.told_of_leaving(tables, everything);
    IF everything THEN
        RETURN QUERY SELECT * FROM primecloud_internal.leave_rest(dry_run, left_alone);
        RETURN QUERY SELECT * FROM primecloud_internal.left_standing(ARRAY(SELECT x.relid::oid FROM unnest(tables) AS u,
            primecloud_internal.table_tree(u) AS x WHERE dry_run AND u <> ALL (left_alone || unseen)));
    END IF;
END $$;
COMMENT ON FUNCTION leave(regclass, name, boolean, text, text, boolean) IS
    'unseals, unprotects, releases and unregisters a table, a schema or everything; a dry run unless told otherwise, which says what it '
        'would do, what is in the way and what dies with the keys; call it again where it was interrupted';
