-- What an account has written, measured anew: what was deleted counts no longer.  For run_maintenance.

CREATE FUNCTION @schema@.stored_text(account uuid) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $stored_text$
BEGIN
    RETURN (SELECT coalesce(sum(100 + t.bytes), 0)::bigint FROM (
        SELECT octet_length(object_key) + octet_length(tag) AS bytes FROM @schema@.object_tags WHERE account_id = account
        UNION ALL SELECT octet_length(object_key) FROM @schema@.object_shares WHERE account_id = account
        UNION ALL SELECT octet_length(name) FROM @schema@.buckets WHERE account_id = account
        UNION ALL SELECT octet_length(rule::text) FROM @schema@.lifecycle_rules WHERE account_id = account
        UNION ALL SELECT octet_length(name) FROM @schema@.access_keys WHERE account_id = account
        UNION ALL SELECT octet_length(username) FROM @schema@.sftp_credentials WHERE account_id = account
        UNION ALL SELECT octet_length(email) FROM @schema@.invitations WHERE account_id = account
        UNION ALL SELECT octet_length(concat(notes, cancel_reason, request_id)) FROM @schema@.orders WHERE account_id = account
        UNION ALL SELECT octet_length(title) + octet_length(message) + octet_length(metadata::text) FROM @schema@.notifications
            WHERE account_id = account
        UNION ALL SELECT octet_length(reason) FROM @schema@.quota_requests WHERE account_id = account
        UNION ALL SELECT octet_length(concat(name, tax_id, admin_email, billing_email, phone, address, notes)) FROM @schema@.customers
            WHERE account_id = account) t);
END
$stored_text$;
COMMENT ON FUNCTION @schema@.stored_text(uuid) IS 'bytes of text that stand in an account''s rows, each row with 100 more';
GRANT EXECUTE ON FUNCTION @schema@.stored_text TO @gate@;

CREATE FUNCTION @schema@.maintain_limits(batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_limits$
DECLARE
    measured uuid;
    counters uuid[];
    moved bigint := 0;
    gone bigint;
BEGIN
    -- Whoever has written less than half of what he may is not worth the work.
    FOR measured IN SELECT c.account_id FROM @schema@.account_counters c WHERE c.kind = 'text_bytes'
        AND NOT EXISTS (SELECT FROM @schema@.open_holds('{account_counters}') h WHERE h.relation = 'account_counters'
            AND (h.value IS NULL OR h.value = to_jsonb(c) ->> h.column_name))
        GROUP BY c.account_id
        HAVING max(c.since) < now() - interval '50 minutes' AND sum(c.amount) > @schema@.limit_of('text_bytes', c.account_id) / 2
        LIMIT greatest(batch / 100, 1) LOOP
        -- Counters that nobody holds, before the rows are read: what they count is committed, and read.
        counters := ARRAY(SELECT c.id FROM @schema@.account_counters c WHERE c.account_id = measured AND c.kind = 'text_bytes' ORDER BY c.id
            FOR UPDATE SKIP LOCKED);
        DELETE FROM @schema@.account_counters c WHERE c.account_id = measured AND c.kind = 'text_bytes' AND c.id = ANY (counters[2:])
            AND NOT EXISTS (SELECT FROM @schema@.open_holds('{account_counters}') h WHERE h.relation = 'account_counters'
                AND (h.value IS NULL OR h.value = to_jsonb(c) ->> h.column_name));
        UPDATE @schema@.account_counters c SET amount = @schema@.stored_text(measured), since = now()
        WHERE c.account_id = measured AND c.kind = 'text_bytes' AND c.id = counters[1];
        GET DIAGNOSTICS gone = ROW_COUNT;
        moved := moved + gone;
    END LOOP;
    DELETE FROM @schema@.account_counters c USING (SELECT o.account_id, o.kind, o.id FROM @schema@.account_counters o
        WHERE o.kind = 'orders_per_minute' AND o.since < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM @schema@.open_holds('{account_counters}') h WHERE h.relation = 'account_counters'
            AND (h.value IS NULL OR h.value = to_jsonb(o) ->> h.column_name))
        LIMIT batch FOR UPDATE SKIP LOCKED) d
    WHERE c.account_id = d.account_id AND c.kind = d.kind AND c.id = d.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN moved + gone;
END
$maintain_limits$;
COMMENT ON FUNCTION @schema@.maintain_limits(integer)
    IS 'measures anew what accounts have written that are near their limit; forgets orders of days that are over';
GRANT EXECUTE ON FUNCTION @schema@.maintain_limits TO @gate@;
