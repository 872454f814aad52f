-- The steps where accounts lie on other servers: what is due is looked for on all of them, and done row by row, each on its
-- shard.  What an open transaction holds is passed over until the next time.

CREATE FUNCTION @schema@.is_held(holds jsonb, tables text[], candidate jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $is_held$
    SELECT EXISTS (SELECT FROM jsonb_to_recordset(holds) AS h(relation text, column_name text, value text)
        WHERE h.relation = ANY (tables) AND (h.value IS NULL OR h.value = candidate ->> h.column_name))
$is_held$;
COMMENT ON FUNCTION @schema@.is_held(jsonb, text[], jsonb)
    IS 'whether holds, as open_holds tells them, keep a row of one of some tables; for maintenance where tables are distributed';
GRANT EXECUTE ON FUNCTION @schema@.is_held TO @gate@;

CREATE DISTRIBUTED FUNCTION @schema@.maintain_access(batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_access$
DECLARE
    held CONSTANT jsonb := coalesce((SELECT jsonb_agg(to_jsonb(h)) FROM @schema@.open_holds('{access_key_secrets,object_shares,'
        'object_share_tokens,invitations,invitation_tokens,object_share_openings}') h), '[]');
    due record;
    moved bigint := 0;
    told jsonb := '[]';
BEGIN
    FOR due IN SELECT k.account_id, k.id, k.access_key_id, k.name FROM @schema@.access_keys k
        WHERE k.status = 'active' AND k.expires_at <= now() ORDER BY k.expires_at LIMIT batch
    LOOP
        PERFORM FROM @schema@.accounts a WHERE a.id = due.account_id FOR SHARE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        PERFORM FROM @schema@.access_keys k WHERE k.account_id = due.account_id AND k.id = due.id AND k.status = 'active'
            AND k.expires_at <= now() FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        UPDATE @schema@.access_keys k SET status = 'revoked', revoked_at = now() WHERE k.account_id = due.account_id AND k.id = due.id;
        IF NOT @schema@.is_held(held, '{access_key_secrets}', jsonb_build_object('account_id', due.account_id, 'id', due.id)) THEN
            DELETE FROM @schema@.access_key_secrets s WHERE s.account_id = due.account_id AND s.id = due.id;
        END IF;
        INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
        VALUES (due.account_id, 'minio', 'key:' || due.access_key_id, 'delete_service_account',
            jsonb_build_object('accessKey', due.access_key_id));
        told := told || jsonb_build_object('account_id', due.account_id, 'type', 'key_expired',
            'title', format('Access key %s has expired', due.name), 'metadata', jsonb_build_object('key', due.id));
        moved := moved + 1;
    END LOOP;
    PERFORM @schema@.send_notifications(told) WHERE told <> '[]';
    FOR due IN SELECT s.account_id, s.id, to_jsonb(s) AS said FROM @schema@.object_shares s WHERE s.expires_at <= now()
        ORDER BY s.expires_at LIMIT batch
    LOOP
        CONTINUE WHEN @schema@.is_held(held, '{object_shares,object_share_tokens}', due.said);
        PERFORM FROM @schema@.object_shares s WHERE s.account_id = due.account_id AND s.id = due.id FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM @schema@.object_shares s WHERE s.account_id = due.account_id AND s.id = due.id;
        moved := moved + 1;
    END LOOP;
    FOR due IN SELECT i.account_id, i.id, to_jsonb(i) AS said FROM @schema@.invitations i
        WHERE i.accepted_at IS NULL AND i.expires_at <= now() ORDER BY i.expires_at LIMIT batch
    LOOP
        CONTINUE WHEN @schema@.is_held(held, '{invitations,invitation_tokens}', due.said);
        PERFORM FROM @schema@.invitations i WHERE i.account_id = due.account_id AND i.id = due.id AND i.accepted_at IS NULL
            FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM @schema@.invitations i WHERE i.account_id = due.account_id AND i.id = due.id;
        moved := moved + 1;
    END LOOP;
    FOR due IN SELECT o.account_id, o.id, o.share_id, to_jsonb(o) AS said FROM @schema@.object_share_openings o LIMIT batch LOOP
        CONTINUE WHEN @schema@.is_held(held, '{object_share_openings}', due.said);
        PERFORM FROM @schema@.object_share_openings o WHERE o.account_id = due.account_id AND o.id = due.id FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        IF EXISTS (SELECT FROM @schema@.object_shares s WHERE s.account_id = due.account_id AND s.id = due.share_id) THEN
            PERFORM FROM @schema@.object_shares s WHERE s.account_id = due.account_id AND s.id = due.share_id
                FOR NO KEY UPDATE SKIP LOCKED;
            CONTINUE WHEN NOT FOUND;
            UPDATE @schema@.object_shares s SET opened_count = s.opened_count + 1
                WHERE s.account_id = due.account_id AND s.id = due.share_id;
        END IF;
        DELETE FROM @schema@.object_share_openings o WHERE o.account_id = due.account_id AND o.id = due.id;
        moved := moved + 1;
    END LOOP;
    RETURN moved;
END
$maintain_access$;

CREATE DISTRIBUTED FUNCTION @schema@.maintain_subscriptions(batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_subscriptions$
DECLARE
    due record;
    live @schema@.account_subscriptions;
    becomes text;
    moved bigint := 0;
    told jsonb := '[]';
BEGIN
    FOR due IN SELECT s.account_id, s.id FROM @schema@.account_subscriptions s
        WHERE s.status IN ('trial', 'active', 'past_due') AND s.current_period_end <= now() ORDER BY s.current_period_end LIMIT batch
    LOOP
        PERFORM FROM @schema@.accounts a WHERE a.id = due.account_id FOR SHARE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        SELECT s.* INTO live FROM @schema@.account_subscriptions s WHERE s.account_id = due.account_id AND s.id = due.id
            AND s.status IN ('trial', 'active', 'past_due') AND s.current_period_end <= now() FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        moved := moved + 1;
        IF live.cancel_at_period_end THEN
            UPDATE @schema@.account_subscriptions s SET status = 'canceled', canceled_at = s.current_period_end
                WHERE s.account_id = due.account_id AND s.id = due.id;
        ELSE
            -- The next period begins where the last ended, however late this runs.
            becomes := CASE live.status WHEN 'trial' THEN 'active' ELSE live.status END;
            UPDATE @schema@.account_subscriptions s SET status = becomes, current_period_start = s.current_period_end,
                current_period_end = live.current_period_end + interval '1 month'
                WHERE s.account_id = due.account_id AND s.id = due.id;
            CONTINUE WHEN live.status <> 'trial';
        END IF;
        told := told || jsonb_build_object('account_id', due.account_id,
            'type', CASE WHEN live.cancel_at_period_end THEN 'subscription_ended' ELSE 'trial_ended' END,
            'title', CASE WHEN live.cancel_at_period_end THEN 'The subscription has ended' ELSE 'The trial has ended' END,
            'metadata', jsonb_build_object('subscription', due.id));
    END LOOP;
    PERFORM @schema@.send_notifications(told) WHERE told <> '[]';
    FOR due IN SELECT c.account_id, c.id FROM @schema@.customers c WHERE c.status = 'trial' AND c.trial_ends_at <= now() LIMIT batch LOOP
        PERFORM FROM @schema@.customers c WHERE c.account_id = due.account_id AND c.id = due.id AND c.status = 'trial'
            AND c.trial_ends_at <= now() FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        UPDATE @schema@.customers c SET status = 'active' WHERE c.account_id = due.account_id AND c.id = due.id;
        moved := moved + 1;
    END LOOP;
    RETURN moved;
END
$maintain_subscriptions$;
