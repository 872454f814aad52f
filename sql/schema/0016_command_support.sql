-- What every command begins and ends with.  A command runs as the schema's
-- owner, whom forced row-level security holds inside the entered account; it
-- names the account in every statement all the same.

-- Where commands of one account wait for each other.  Rows, since an advisory lock
-- is anybody's to take and would let one tenant stop another; and not the account's
-- own row, which a developer may not write and so not lock.
CREATE TABLE @schema@.account_locks (
    account_id uuid NOT NULL,  --: @public the account
    kind text NOT NULL,  --: @public end: whether the account is to end; order: what the services are told of several rows at once
    CONSTRAINT account_locks_pk PRIMARY KEY (account_id, kind),
    CONSTRAINT account_locks_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_locks_kind_known CHECK (kind IN ('end', 'order'))
);
COMMENT ON TABLE @schema@.account_locks IS 'private: rows that commands of an account wait for each other at';
SELECT primecloud.protect_table('@schema@.account_locks'::regclass, read_role => 'external_client', write_role => 'external_client', delete_role => 'owner');

CREATE FUNCTION @schema@.hold_account(kind text, alone boolean) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $hold_account$
#variable_conflict use_column
DECLARE
    account uuid := primecloud.tenant_uuid();
BEGIN
    FOR attempt IN 1..2 LOOP
        IF alone THEN
            PERFORM FROM @schema@.account_locks l WHERE l.account_id = account AND l.kind = hold_account.kind FOR UPDATE;
        ELSE
            PERFORM FROM @schema@.account_locks l WHERE l.account_id = account AND l.kind = hold_account.kind FOR SHARE;
        END IF;
        IF FOUND THEN
            RETURN;
        END IF;
        -- There is none yet, or no longer.
        IF NOT EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = account) THEN
            RAISE EXCEPTION 'account % has ended', account USING ERRCODE = 'P0002', HINT = 'It was deleted while this waited for it.';
        END IF;
        INSERT INTO @schema@.account_locks (account_id, kind) VALUES (account, hold_account.kind) ON CONFLICT DO NOTHING;
    END LOOP;
END
$hold_account$;
COMMENT ON FUNCTION @schema@.hold_account(text, boolean) IS 'holds a lock of the entered account, alone or with others, until the end of the transaction; for commands';

CREATE FUNCTION @schema@.command_account(min_role text, command text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $command_account$
DECLARE
    account uuid := primecloud.tenant_uuid();
BEGIN
    IF account IS NULL THEN
        RAISE EXCEPTION 'no account is entered' USING ERRCODE = '42501', HINT = 'Call primecloud.enter first, in the same transaction.';
    END IF;
    IF primecloud.has_role(min_role) THEN
        -- An account does not end while a command in it is under way, nor the other way round.
        IF command <> 'delete_account' THEN
            PERFORM @schema@.hold_account('end', false);
        END IF;
        RETURN account;
    END IF;
    -- The error takes every row of this transaction along; the log line stays.
    RAISE LOG 'primecloud: % refused for user % in role % of account %', command, primecloud.user_id(), primecloud.role(), account;
    RAISE EXCEPTION '% needs role % or above', command, min_role USING ERRCODE = '42501',
        HINT = format('The entered role is %s.', coalesce(primecloud.role(), 'none'));
END
$command_account$;
COMMENT ON FUNCTION @schema@.command_account(text, text) IS 'the entered account, for a caller of a sufficient role; anything else is refused and logged';

CREATE FUNCTION @schema@.entered_person() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
-- A token may name somebody who is nobody here: then no row is his, and that is no error.
RETURN CASE WHEN primecloud.user_id() ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN primecloud.user_id()::uuid END;
COMMENT ON FUNCTION @schema@.entered_person() IS 'the entered user as a key of users; NULL for one who cannot be';

CREATE FUNCTION @schema@.audit(action text, resource text, resource_id text, details jsonb DEFAULT '{}', severity text DEFAULT 'info') RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO @schema@.audit_log (account_id, user_id, role, action, resource, resource_id, details, severity)
    VALUES (primecloud.tenant_uuid(), coalesce(primecloud.user_id(), session_user::text), primecloud.role(), action, resource,
            resource_id, details, severity);
END;
COMMENT ON FUNCTION @schema@.audit(text, text, text, jsonb, text) IS 'writes the audit log, in the transaction of what it tells of';

CREATE FUNCTION @schema@.order_service(service text, object text, operation text, payload jsonb) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
    VALUES (primecloud.tenant_uuid(), service, object, operation, payload);
END;
COMMENT ON FUNCTION @schema@.order_service(text, text, text, jsonb) IS 'tells a service what to do, in the transaction that decided it; the caller holds the object''s row lock';

CREATE FUNCTION @schema@.refuse_missing(what text, id text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $refuse_missing$
BEGIN
    RAISE EXCEPTION 'no % %', what, coalesce(id, 'NULL') USING ERRCODE = 'P0002', HINT = format('The entered account has no such %s.', what);
END
$refuse_missing$;
COMMENT ON FUNCTION @schema@.refuse_missing(text, text) IS 'the one error for a row that is not there or is not the caller''s';

CREATE FUNCTION @schema@.lock_account() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lock_account$
    SELECT @schema@.hold_account('order', true)
$lock_account$;
COMMENT ON FUNCTION @schema@.lock_account() IS 'lets one transaction at a time decide something of several rows of the entered account; taken before any row; for commands';

CREATE FUNCTION @schema@.share_account() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $share_account$
    SELECT @schema@.hold_account('order', false)
$share_account$;
COMMENT ON FUNCTION @schema@.share_account() IS 'waits for lock_account, and holds it off: what was decided stays true until the end of the transaction; for commands';
