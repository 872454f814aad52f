-- Counting against a limit, and setting it.

CREATE FUNCTION @schema@.limit_of(kind text, subject uuid) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $limit_of$
BEGIN
    RETURN (SELECT nullif(l.most, 0) FROM @schema@.limits l WHERE l.kind = limit_of.kind
        AND l.subject IN (limit_of.subject, '00000000-0000-0000-0000-000000000000') ORDER BY l.subject DESC LIMIT 1);
END
$limit_of$;
COMMENT ON FUNCTION @schema@.limit_of(text, uuid) IS 'as much as an account or a person may have of something; NULL: as much as it likes';
GRANT EXECUTE ON FUNCTION @schema@.limit_of TO @gate@;

CREATE FUNCTION @schema@.count_use(kind text, amount bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $count_use$
DECLARE
    account uuid := primecloud.tenant_uuid();
    most bigint := @schema@.limit_of(count_use.kind, account);
    own xid8;
    starts timestamptz;
    counter uuid;
    in_all bigint;
BEGIN
    IF most IS NULL THEN
        RETURN;
    END IF;
    own := pg_current_xact_id();
    starts := CASE count_use.kind WHEN 'orders_per_minute' THEN date_trunc('minute', clock_timestamp()) END;
    SELECT c.id INTO counter FROM @schema@.account_counters c WHERE c.account_id = account AND c.kind = count_use.kind
        ORDER BY c.counted_by <> own, c.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF counter IS NULL THEN
        INSERT INTO @schema@.account_counters (account_id, kind, since, amount, counted_by, added)
        VALUES (account, count_use.kind, coalesce(starts, now()), count_use.amount, own, count_use.amount) RETURNING added INTO in_all;
    ELSE
        UPDATE @schema@.account_counters c
        SET since = coalesce(starts, c.since), amount = count_use.amount + CASE WHEN c.since >= coalesce(starts, c.since) THEN c.amount
                ELSE 0 END,
            counted_by = own, added = count_use.amount + CASE WHEN c.counted_by = own THEN c.added ELSE 0 END
        WHERE c.account_id = account AND c.kind = count_use.kind AND c.id = counter RETURNING added INTO in_all;
    END IF;
    -- Others do not see what this has not committed.  That is little, or one transaction's at a time.
    IF in_all > (CASE count_use.kind WHEN 'orders_per_minute' THEN 10 ELSE 65536 END) THEN
        PERFORM @schema@.hold_account('count', true);
    END IF;
    SELECT sum(c.amount) INTO in_all FROM @schema@.account_counters c WHERE c.account_id = account AND c.kind = count_use.kind
        AND c.since >= coalesce(starts, c.since);
    -- An operator is not held off by what the account has done.
    IF in_all > most AND NOT @schema@.caller_is('platform') THEN
        RAISE configuration_limit_exceeded USING
            MESSAGE = CASE count_use.kind WHEN 'orders_per_minute' THEN format('the account gives more than %s orders a minute', most)
                ELSE format('the account writes more than %s bytes of text', most) END,
            HINT = CASE count_use.kind WHEN 'orders_per_minute' THEN 'Go on in a minute, or ask the platform to raise'
                ELSE 'Delete what is not needed, which counts from the next hour on, or ask the platform to raise' END
                || format(' the limit %s of account %s.', count_use.kind, account);
    END IF;
END
$count_use$;
COMMENT ON FUNCTION @schema@.count_use(text,
    bigint) IS 'counts what the entered account orders or writes, and refuses what is too much; for commands';

CREATE FUNCTION @schema@.count_text(written text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $count_text$
BEGIN
    -- A row is 100 bytes, whatever stands in it.
    PERFORM @schema@.count_use('text_bytes', 100 + coalesce(octet_length(written), 0));
END
$count_text$;
COMMENT ON FUNCTION @schema@.count_text(text) IS 'counts a row and the text in it against what the account may write; for commands';

CREATE FUNCTION @schema@.check_owned(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $check_owned$
DECLARE
    most bigint := @schema@.limit_of('accounts_per_person', person);
BEGIN
    IF (SELECT count(*) FROM @schema@.accounts a WHERE a.owner_user_id = person) >= most THEN
        RAISE configuration_limit_exceeded USING MESSAGE = format('user %s owns %s accounts already', person, most),
            HINT = format('Delete one, or ask the platform to raise the limit accounts_per_person of user %s.', person);
    END IF;
END
$check_owned$;
COMMENT ON FUNCTION @schema@.check_owned(uuid) IS 'refuses one who owns as many accounts as he may; for commands';
GRANT EXECUTE ON FUNCTION @schema@.check_owned TO @gate@;
ALTER FUNCTION @schema@.check_owned OWNER TO @gate@;

CREATE FUNCTION @schema@.set_limit(kind text, most bigint, subject uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_limit$
DECLARE
    at CONSTANT timestamptz := now();
BEGIN
    PERFORM primecloud.require_read_committed();
    PERFORM @schema@.require_platform('set_limit');
    IF set_limit.most IS NULL THEN
        IF set_limit.subject IS NULL THEN
            RAISE invalid_parameter_value USING MESSAGE = format('no limit %s for everybody', set_limit.kind),
                HINT = 'Say 0 for as much as they like; NULL takes a limit of one account or person away.';
        END IF;
        DELETE FROM @schema@.limits l WHERE l.kind = set_limit.kind AND l.subject = set_limit.subject;
        RETURN;
    END IF;
    INSERT INTO @schema@.limits (kind, most, subject)
    VALUES (set_limit.kind, set_limit.most, coalesce(set_limit.subject, '00000000-0000-0000-0000-000000000000'))
    ON CONFLICT ON CONSTRAINT limits_pk DO UPDATE SET most = excluded.most, updated_at = at;
END
$set_limit$;
COMMENT ON FUNCTION @schema@.set_limit(text, bigint, uuid)
    IS 'limits what all, or one account or person, may have; 0: no limit; NULL: that of all again; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.set_limit TO @platform@;
ALTER FUNCTION @schema@.set_limit OWNER TO @gate@;
