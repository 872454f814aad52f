-- What time does to what gives access.  As the other steps: see steps.sql.

CREATE FUNCTION @schema@.maintain_access(batch integer) RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_access$
    WITH held AS MATERIALIZED (
        SELECT * FROM @schema@.open_holds('{access_key_secrets,object_shares,object_share_tokens,invitations,invitation_tokens,'
            'object_share_openings}')
    ), due AS (
        SELECT k.account_id, k.id FROM @schema@.access_keys k JOIN @schema@.accounts a ON a.id = k.account_id
        WHERE k.status = 'active' AND k.expires_at <= now()
        ORDER BY k.expires_at LIMIT batch FOR NO KEY UPDATE OF k SKIP LOCKED FOR SHARE OF a SKIP LOCKED
    ), ended AS (
        UPDATE @schema@.access_keys k SET status = 'revoked', revoked_at = now() FROM due d WHERE k.account_id = d.account_id
            AND k.id = d.id
        RETURNING k.account_id, k.id, k.access_key_id, k.name
    ), forgotten AS (
        DELETE FROM @schema@.access_key_secrets s USING due d WHERE s.account_id = d.account_id AND s.id = d.id
            AND NOT EXISTS (SELECT FROM held h WHERE h.relation = 'access_key_secrets'
                AND (h.value IS NULL OR h.value = to_jsonb(s) ->> h.column_name))
    ), ordered AS (
        INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
        SELECT account_id, 'minio', 'key:' || access_key_id, 'delete_service_account', jsonb_build_object('accessKey', access_key_id)
            FROM ended
    ), told AS (
        SELECT @schema@.send_notifications(coalesce(jsonb_agg(jsonb_build_object('account_id', account_id, 'type', 'key_expired',
            'title', format('Access key %s has expired', name), 'metadata', jsonb_build_object('key', id))), '[]')) FROM ended
    ), shares AS (
        DELETE FROM @schema@.object_shares s USING (SELECT x.account_id, x.id FROM @schema@.object_shares x WHERE x.expires_at <= now()
            AND NOT EXISTS (SELECT FROM held h WHERE h.relation IN ('object_shares', 'object_share_tokens')
                AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
            ORDER BY x.expires_at LIMIT batch FOR UPDATE SKIP LOCKED) d
        WHERE s.account_id = d.account_id AND s.id = d.id RETURNING 1
    ), invitations AS (
        DELETE FROM @schema@.invitations i USING (SELECT x.account_id, x.id FROM @schema@.invitations x WHERE x.accepted_at IS NULL
            AND x.expires_at <= now()
            AND NOT EXISTS (SELECT FROM held h WHERE h.relation IN ('invitations', 'invitation_tokens')
                AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
            ORDER BY x.expires_at LIMIT batch FOR UPDATE SKIP LOCKED) d
        WHERE i.account_id = d.account_id AND i.id = d.id RETURNING 1
    ), linked AS (
        SELECT x.account_id, x.id FROM @schema@.object_share_openings x
        JOIN @schema@.object_shares s ON s.account_id = x.account_id AND s.id = x.share_id
        WHERE NOT EXISTS (SELECT FROM held h WHERE h.relation = 'object_share_openings'
            AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
        ORDER BY x.id LIMIT batch FOR UPDATE OF x SKIP LOCKED FOR NO KEY UPDATE OF s SKIP LOCKED
    ), orphaned AS (
        SELECT x.account_id, x.id FROM @schema@.object_share_openings x
        WHERE NOT EXISTS (SELECT FROM @schema@.object_shares s WHERE s.account_id = x.account_id AND s.id = x.share_id)
            AND NOT EXISTS (SELECT FROM held h WHERE h.relation = 'object_share_openings'
                AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
        LIMIT batch FOR UPDATE OF x SKIP LOCKED
    ), opened AS (
        DELETE FROM @schema@.object_share_openings o USING (SELECT * FROM linked UNION ALL SELECT * FROM orphaned) d
        WHERE o.account_id = d.account_id AND o.id = d.id RETURNING o.account_id, o.share_id
    ), counted AS (
        UPDATE @schema@.object_shares s SET opened_count = s.opened_count + n.opened
        FROM (SELECT account_id, share_id, count(*) AS opened FROM opened GROUP BY 1, 2) n
        WHERE s.account_id = n.account_id AND s.id = n.share_id AND s.expires_at > now()
    )
    SELECT (SELECT count(*) FROM ended) + (SELECT count(*) FROM shares) + (SELECT count(*) FROM invitations)
        + (SELECT count(*) FROM opened) + 0 * (SELECT count(*) FROM told)
$maintain_access$;
COMMENT ON FUNCTION @schema@.maintain_access(integer)
    IS 'ends keys past their time, removes shares and invitations past theirs, counts openings of shares';
GRANT EXECUTE ON FUNCTION @schema@.maintain_access TO @gate@;
