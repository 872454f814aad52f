-- The other steps where accounts lie on other servers: as in distributed.sql.

CREATE DISTRIBUTED FUNCTION @schema@.maintain_invoices(batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_invoices$
DECLARE
    due record;
    lives boolean;
    paying uuid;
    moved bigint := 0;
    told jsonb := '[]';
BEGIN
    FOR due IN SELECT i.account_id, i.id, i.customer_id, i.invoice_number FROM @schema@.invoices i
        WHERE i.status = 'pending' AND i.due_at <= now() ORDER BY i.due_at LIMIT batch
    LOOP
        -- An account that is gone has invoices still; one that is held is passed over.
        lives := EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = due.account_id);
        PERFORM FROM @schema@.accounts a WHERE a.id = due.account_id FOR SHARE SKIP LOCKED;
        CONTINUE WHEN lives AND NOT FOUND;
        PERFORM FROM @schema@.invoices i WHERE i.account_id = due.account_id AND i.id = due.id AND i.status = 'pending'
            FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        IF due.customer_id IS NULL THEN
            -- An account that owes the platform is past due until mark_invoice_paid finds nothing owed.
            SELECT s.id INTO paying FROM @schema@.account_subscriptions s WHERE s.account_id = due.account_id AND s.status = 'active';
            IF FOUND THEN
                PERFORM FROM @schema@.account_subscriptions s WHERE s.account_id = due.account_id AND s.id = paying AND s.status = 'active'
                    FOR NO KEY UPDATE SKIP LOCKED;
                CONTINUE WHEN NOT FOUND;
                UPDATE @schema@.account_subscriptions s SET status = 'past_due' WHERE s.account_id = due.account_id AND s.id = paying;
            END IF;
            told := told || CASE WHEN lives THEN jsonb_build_array(jsonb_build_object('account_id', due.account_id,
                'type', 'payment_overdue', 'title', format('Invoice %s is overdue', due.invoice_number),
                'metadata', jsonb_build_object('invoice', due.id))) ELSE '[]' END;
        END IF;
        UPDATE @schema@.invoices i SET status = 'overdue' WHERE i.account_id = due.account_id AND i.id = due.id;
        moved := moved + 1;
    END LOOP;
    PERFORM @schema@.send_notifications(told) WHERE told <> '[]';
    RETURN moved;
END
$maintain_invoices$;

CREATE DISTRIBUTED FUNCTION @schema@.maintain_retention(batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_retention$
DECLARE
    held CONSTANT jsonb := coalesce((SELECT jsonb_agg(to_jsonb(h))
        FROM @schema@.open_holds('{notifications,usage_records,usage_hourly,audit_log,outbox}') h), '[]');
    old record;
    due record;
    before timestamptz;
    moved bigint := 0;
    gone bigint;
BEGIN
    FOR old IN
        SELECT * FROM (VALUES ('notifications', 'created_at', 'id', ''), ('usage_records', 'recorded_at', 'id', ''),
            ('audit_log', 'created_at', 'id', ''), ('outbox', 'finished_at', 'sequence', $and$AND x.status = 'done'$and$))
            AS t(relation, at, key, and_)
    LOOP
        before := now() - (SELECT max(p.keep) FROM @schema@.retention_periods p WHERE p.relation = old.relation);
        CONTINUE WHEN before IS NULL;
        FOR due IN EXECUTE format('SELECT x.account_id, x.%I::text AS key, to_jsonb(x) AS said FROM @schema@.%I x'
            ' WHERE x.%I < $1 %s LIMIT $2', old.key, old.relation, old.at, old.and_) USING before, batch
        LOOP
            CONTINUE WHEN @schema@.is_held(held, ARRAY[old.relation], due.said);
            EXECUTE format('DELETE FROM @schema@.%I x WHERE x.account_id = $1 AND x.%I = %L', old.relation, old.key, due.key)
                USING due.account_id;
            GET DIAGNOSTICS gone = ROW_COUNT;
            moved := moved + gone;
        END LOOP;
    END LOOP;
    before := now() - (SELECT max(p.keep) FROM @schema@.retention_periods p WHERE p.relation = 'usage_hourly');
    FOR due IN SELECT x.account_id, x.period_start, x.bucket_id, to_jsonb(x) AS said FROM @schema@.usage_hourly x
        WHERE x.period_start < before LIMIT batch
    LOOP
        CONTINUE WHEN @schema@.is_held(held, '{usage_hourly}', due.said);
        DELETE FROM @schema@.usage_hourly x WHERE x.account_id = due.account_id AND x.period_start = due.period_start
            AND x.bucket_id = due.bucket_id;
        moved := moved + 1;
    END LOOP;
    RETURN moved;
END
$maintain_retention$;

CREATE DISTRIBUTED FUNCTION @schema@.maintain_limits(batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_limits$
DECLARE
    held CONSTANT jsonb := coalesce((SELECT jsonb_agg(to_jsonb(h)) FROM @schema@.open_holds('{account_counters}') h), '[]');
    near record;
    counters uuid[];
    text_now bigint;
    due record;
    moved bigint := 0;
    gone bigint;
BEGIN
    -- Whoever has written less than half of what he may is not worth the work; of counters under a hold nothing is touched.
    FOR near IN SELECT c.account_id, sum(c.amount) AS amount, jsonb_agg(to_jsonb(c)) AS rows FROM @schema@.account_counters c
        WHERE c.kind = 'text_bytes' GROUP BY c.account_id HAVING max(c.since) < now() - interval '50 minutes'
    LOOP
        EXIT WHEN moved >= greatest(batch / 100, 1);
        CONTINUE WHEN near.amount <= coalesce(@schema@.limit_of('text_bytes', near.account_id) / 2, near.amount)
            OR EXISTS (SELECT FROM jsonb_array_elements(near.rows) r WHERE @schema@.is_held(held, '{account_counters}', r));
        -- Counters that nobody holds, before the rows are read: what they count is committed, and read.
        counters := ARRAY(SELECT c.id FROM @schema@.account_counters c WHERE c.account_id = near.account_id AND c.kind = 'text_bytes'
            ORDER BY c.id FOR UPDATE SKIP LOCKED);
        text_now := @schema@.stored_text(near.account_id);
        DELETE FROM @schema@.account_counters c
            WHERE c.account_id = near.account_id AND c.kind = 'text_bytes' AND c.id = ANY (counters[2:]);
        UPDATE @schema@.account_counters c SET amount = text_now, since = now()
            WHERE c.account_id = near.account_id AND c.kind = 'text_bytes' AND c.id = counters[1];
        GET DIAGNOSTICS gone = ROW_COUNT;
        moved := moved + gone;
    END LOOP;
    FOR due IN SELECT c.account_id, c.id, to_jsonb(c) AS said FROM @schema@.account_counters c
        WHERE c.kind = 'orders_per_minute' AND c.since < now() - interval '1 day' LIMIT batch
    LOOP
        CONTINUE WHEN @schema@.is_held(held, '{account_counters}', due.said);
        PERFORM FROM @schema@.account_counters c WHERE c.account_id = due.account_id AND c.kind = 'orders_per_minute' AND c.id = due.id
            FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM @schema@.account_counters c
            WHERE c.account_id = due.account_id AND c.kind = 'orders_per_minute' AND c.id = due.id;
        moved := moved + 1;
    END LOOP;
    RETURN moved;
END
$maintain_limits$;
