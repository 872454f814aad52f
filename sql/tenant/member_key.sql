-- One row a member.  Of two rows of one user the lesser role counts: who could write a
-- second one would lower an owner.

-- The columns of a registered table of members that say of what account a row is, and of whom.
CREATE FUNCTION primecloud_internal.member_columns(rel regclass) RETURNS name[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (r.columns[1:2])::name[] FROM primecloud_internal.registered_table r
    JOIN pg_namespace n ON n.nspname = r.relation_schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name AND pg_get_userbyid(c.relowner) = r.relation_owner
    WHERE c.oid = rel AND r.part = 'members';
$$;
COMMENT ON FUNCTION primecloud_internal.member_columns(regclass)
    IS 'the account and the user of a registered table of members; NULL for any other table';

-- Whether an index holds that: of all rows, at once, over nothing but account and user.
CREATE FUNCTION primecloud_internal.is_member_key(index pg_index, columns name[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT index.indisunique AND index.indisvalid AND index.indisready AND index.indislive AND index.indimmediate
        AND index.indpred IS NULL AND index.indexprs IS NULL
        AND NOT EXISTS (SELECT FROM unnest(index.indkey::int2[]) WITH ORDINALITY AS k(att, n)
                        LEFT JOIN pg_attribute a ON a.attrelid = index.indrelid AND a.attnum = k.att
                        WHERE k.n <= index.indnkeyatts AND NOT coalesce(a.attname = ANY (columns), false));
$$;
COMMENT ON FUNCTION primecloud_internal.is_member_key(pg_index, name[]) IS 'whether a unique index lets a user have one row of an account';

-- A table whose children inherit from it has rows that no index of its own knows.
CREATE FUNCTION primecloud_internal.members_are_unique(rel regclass, without oid[] DEFAULT '{}') RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_index i
                   WHERE i.indrelid = rel AND NOT i.indexrelid = ANY (without)
                       AND primecloud_internal.is_member_key(i, primecloud_internal.member_columns(rel)))
        AND NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
                        WHERE t.level > 0 AND NOT c.relispartition);
$$;
COMMENT ON FUNCTION primecloud_internal.members_are_unique(regclass, oid[])
    IS 'whether no user can have two rows of one account in a table of members, also without some of its indexes';

-- The key that protection adds where there is none, by name: what a script that was
-- interrupted has built, or one that is free.
CREATE FUNCTION primecloud_internal.member_key(rel regclass, OUT key_name name, OUT columns text, OUT built boolean)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted name[] := primecloud_internal.member_columns(rel);
    name_wanted text := format('%s_%s_key', (SELECT relname FROM pg_class WHERE oid = rel), array_to_string(wanted, '_'));
    left_over record := primecloud_internal.unfinished_index(rel, name_wanted, wanted);
BEGIN
    IF EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
               WHERE t.level > 0 AND NOT c.relispartition) THEN
        RAISE feature_not_supported USING MESSAGE = format('tables inherit from %s, whose members no key can hold to one row each', rel),
            HINT = 'Make it one table, or a partitioned one: of two rows of a user the lesser role counts.';
    END IF;
    IF EXISTS (SELECT FROM pg_partitioned_table p, unnest(p.partattrs::int2[]) AS k(att)
               LEFT JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = k.att
               WHERE p.partrelid = rel AND NOT coalesce(a.attname = ANY (wanted), false)) THEN
        RAISE feature_not_supported USING
            MESSAGE = format('%s is partitioned by more than "%s" and "%s": no key can hold its members to one row each', rel, wanted[1],
                wanted[2]),
            HINT = 'Partition it by the account: of two rows of a user the lesser role counts.';
    END IF;
    key_name := coalesce(left_over.index_name, primecloud_internal.free_name(primecloud_internal.schema_of(rel), name_wanted));
    columns := format('(%I, %I)', wanted[1], wanted[2]);
    built := left_over.whole;
END $$;
COMMENT ON FUNCTION primecloud_internal.member_key(regclass)
    IS 'the unique key that protection gives a table of members; 0A000 where it cannot';

-- The step that adds it: of an index that is there, or, on a live table, will be by then.
CREATE FUNCTION primecloud_internal.member_key_step(rel regclass, online boolean) RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.step(CASE WHEN u.built THEN 'member key of index' ELSE 'member key' END, rel::text,
        format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE %s', rel, k.key_name,
        CASE WHEN u.built THEN format('USING INDEX %I', k.key_name) ELSE k.columns END))
    FROM primecloud_internal.member_key(rel) AS k, pg_class c, LATERAL (SELECT k.built OR online AND c.relkind = 'r') AS u(built)
    WHERE c.oid = rel;
$$;
COMMENT ON FUNCTION primecloud_internal.member_key_step(regclass, boolean) IS 'the step that gives a table of members its unique key';

-- The same on a live table: the index first, beside what is written meanwhile.
CREATE FUNCTION primecloud_internal.online_member_key(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key record := primecloud_internal.member_key(rel);
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = rel) = 'p' THEN
        RETURN;  -- nothing can be built ahead: the key is added with the switch
    END IF;
    IF key.built IS FALSE THEN
        RETURN NEXT primecloud_internal.step('drop index', rel::text, format('DROP INDEX CONCURRENTLY %I.%I',
            primecloud_internal.schema_of(rel), key.key_name));
    END IF;
    IF key.built IS NOT TRUE THEN
        RETURN NEXT primecloud_internal.step('index', rel::text, format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %s %s', key.key_name, rel,
            key.columns));
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.online_member_key(regclass) IS 'the steps that build the key of a live table of members ahead';

-- For the guard: what inherits from a registered table, in which no key of it holds, or from
-- which it would inherit, by whose name it would be written.
CREATE FUNCTION primecloud_internal.guard_inheritance(rel regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.guard_against(CASE WHEN t.above
        THEN format('table %s would inherit from protected table %s', rel, t.relid)
        ELSE format('protected table %s would inherit from another', t.relid) END)
    FROM (WITH RECURSIVE above(relid) AS (
              SELECT i.inhparent FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND NOT c.relispartition WHERE i.inhrelid = rel
              UNION SELECT i.inhparent FROM above a JOIN pg_inherits i ON i.inhrelid = a.relid)
          SELECT a.relid::regclass, true FROM above a
          UNION ALL SELECT b.relid, false FROM primecloud_internal.table_tree(rel) AS b WHERE EXISTS (SELECT FROM above)) AS t(relid, above)
    WHERE primecloud.tenant_column(t.relid) IS NOT NULL AND EXISTS (SELECT FROM primecloud_internal.registered_as(t.relid));
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_inheritance(regclass)
    IS 'what the guard does where a table begins to inherit from a registered one, or that from another';
