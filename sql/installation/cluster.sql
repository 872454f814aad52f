-- What a cluster needs on each of its nodes for a context to come there, asked of them by the way that Citus has for it.
-- (Named at run time alone: without Citus there is no such function.)

CREATE FUNCTION primecloud_internal.node_answer(question text) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'primecloud_node_answer';
COMMENT ON FUNCTION primecloud_internal.node_answer(text)
    IS 'for which session of a cluster this connection was made, the newest version of the root key, and a hash of the question under it';
REVOKE ALL ON FUNCTION primecloud_internal.node_answer(text) FROM PUBLIC;

-- What takes a role past policies: attributes, and the roles that it may become. Asked here and on each node, which may have been told
-- otherwise: by hand, or where Citus was not to send an ALTER ROLE or GRANT on.
CREATE FUNCTION primecloud_internal.roles_past_policies() RETURNS TABLE (role text, may text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.rolname::text, 'SUPERUSER' FROM pg_roles r WHERE r.rolsuper
    UNION SELECT r.rolname::text, 'BYPASSRLS' FROM pg_roles r WHERE r.rolbypassrls
    UNION SELECT m.rolname::text, format('a member of %I', g.rolname) FROM pg_auth_members a
    JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid;
$$;
COMMENT ON FUNCTION primecloud_internal.roles_past_policies()
    IS 'which roles of this server are past policies, and which may become which; check_installation() compares nodes by it';
REVOKE ALL ON FUNCTION primecloud_internal.roles_past_policies() FROM PUBLIC;

-- (A role that is not here comes to no node.)
CREATE FUNCTION primecloud_internal.roles_told(there json) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('%I is %s', t.role, t.may), ', ' ORDER BY t.role, t.may)
    FROM json_to_recordset(there) AS t(role text, may text)
    WHERE EXISTS (SELECT FROM pg_roles r WHERE r.rolname = t.role)
        AND NOT EXISTS (SELECT FROM primecloud_internal.roles_past_policies() AS h WHERE (h.role, h.may) = (t.role, t.may));
$$;
COMMENT ON FUNCTION primecloud_internal.roles_told(json)
    IS 'what roles of this server are on a node, and not here; NULL where they are nothing more there';
REVOKE ALL ON FUNCTION primecloud_internal.roles_told(json) FROM PUBLIC;

-- One row a node: what it answers, or why it does not.
CREATE FUNCTION primecloud_internal.ask_nodes(question text)
    RETURNS TABLE (node text, answered boolean, library text, answer text, keeps text, extension_version text, library_version text,
        roles json)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked text := format('SELECT json_build_array(current_setting(''shared_preload_libraries''), primecloud_internal.node_answer(%L),
        coalesce(current_setting(''pg_stat_statements.track_utility'', true), ''off''),
        (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = ''primecloud''), primecloud_internal.library_version(),
        (SELECT json_agg(r) FROM primecloud_internal.roles_past_policies() AS r))', question);
    one record;
BEGIN
    FOR one IN EXECUTE
        'SELECT nodename || '':'' || nodeport AS node, success, result FROM pg_catalog.run_command_on_workers($1)' USING asked
    LOOP
        node := one.node;
        answered := one.success;
        answer := one.result;
        IF answered THEN
            library := one.result::json ->> 0;
            answer := one.result::json ->> 1;
            keeps := one.result::json ->> 2;
            extension_version := one.result::json ->> 3;
            library_version := one.result::json ->> 4;
            roles := one.result::json -> 5;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.ask_nodes(text) IS 'what each worker of the cluster answers a question under its root key';
REVOKE ALL ON FUNCTION primecloud_internal.ask_nodes(text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.check_cluster() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    question text := gen_random_uuid()::text;
    expected text;
    session bigint;
    extension text := (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'primecloud');
    library text := primecloud_internal.library_version();
    one record;
BEGIN
    IF to_regprocedure('pg_catalog.run_command_on_workers(text,boolean)') IS NULL
        OR to_regprocedure('pg_catalog.citus_backend_gpid()') IS NULL THEN
        RETURN;
    END IF;
    EXECUTE 'SELECT pg_catalog.citus_backend_gpid()' INTO session;
    IF primecloud_internal.root_key_problem() IS NULL THEN
        expected := substr(primecloud_internal.node_answer(question), 3);
    END IF;
    FOR one IN SELECT n.* FROM primecloud_internal.ask_nodes(question) AS n LOOP
        RETURN QUERY VALUES
            (format('node %s answers', one.node), CASE WHEN one.answered THEN 'ok' ELSE 'missing' END,
             format('it said: %s', one.answer));
        CONTINUE WHEN NOT one.answered;
        RETURN QUERY VALUES
            (format('node %s loads the library with the server', one.node),
             CASE WHEN one.library ~ '[[:<:]]primecloud[[:>:]]' THEN 'ok' ELSE 'missing' END,
             format('there: ALTER SYSTEM SET shared_preload_libraries = %s, and restart', one.library || ', primecloud')),
            (format('node %s has the library of the coordinator', one.node),
             CASE WHEN one.library_version = library THEN 'ok' ELSE 'missing' END,
             format('it has %s, and the coordinator %s: install the same there, and restart', one.library_version, library)),
            -- Citus sends an ALTER EXTENSION on, where that is not turned off and the node could be reached.
            (format('node %s has the extension of the coordinator', one.node),
             CASE WHEN one.extension_version = extension THEN 'ok' ELSE 'missing' END,
             format('it has %s, and the coordinator %s: ALTER EXTENSION primecloud UPDATE, where it is the older',
                one.extension_version, extension)),
            (format('node %s has the root key of the coordinator', one.node),
             CASE WHEN substr(one.answer, strpos(one.answer, ' ') + 1) = expected THEN 'ok' ELSE 'missing' END,
             'there: the file of primecloud.root_key_file, as it is on the coordinator'),
            (format('node %s lets no role do more than the coordinator', one.node),
             CASE WHEN primecloud_internal.roles_told(one.roles) IS NULL THEN 'ok' ELSE 'missing' END,
             format('there %s, and not here: ALTER ROLE or REVOKE on that node', primecloud_internal.roles_told(one.roles))),
            (format('node %s is reached without a pooler', one.node),
             CASE WHEN split_part(one.answer, ' ', 1) = session::text THEN 'ok' ELSE 'missing' END,
             'let pg_dist_node name the server itself: a pooler between nodes does not say which session a connection is for'),
            (format('node %s keeps no context', one.node), CASE WHEN one.keeps = 'off' THEN 'ok' ELSE 'risk' END,
             'there: ALTER SYSTEM SET pg_stat_statements.track_utility = ''off''');
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_cluster()
    IS 'what check_installation() says of the other nodes of a Citus cluster; nothing without Citus';
REVOKE ALL ON FUNCTION primecloud_internal.check_cluster() FROM PUBLIC;
