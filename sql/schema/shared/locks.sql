-- Locks of an account: rows, since who may not write them cannot take them.

-- Where commands of one account wait for each other.  Rows, since an advisory lock
-- is anybody's to take and would let one tenant stop another; and not the account's
-- own row, which a developer may not write and so not lock.
CREATE TABLE @schema@.account_locks (
    account_id uuid NOT NULL,  --: @public the account
    kind text NOT NULL,  --: @public end: whether the account is to end; order: what the services are told of several rows at once;
        --: usage: what it uses, where collectors wait for each other and nobody else does; count: who orders or writes
        --: much in one transaction
    CONSTRAINT account_locks_pk PRIMARY KEY (account_id, kind),
    CONSTRAINT account_locks_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_locks_kind_known CHECK (kind IN ('end', 'order', 'usage', 'count'))
);
COMMENT ON TABLE @schema@.account_locks IS 'private: rows that commands of an account wait for each other at';
SELECT primecloud.protect_table('@schema@.account_locks', read_role => 'external_client', write_role => 'external_client',
    delete_role => 'owner');

GRANT SELECT ON @schema@.account_locks TO @gate@;
GRANT INSERT ON @schema@.account_locks TO @gate@;
GRANT UPDATE (kind) ON @schema@.account_locks TO @gate@;

CREATE FUNCTION @schema@.hold_account(kind text, alone boolean) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $hold_account$
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
            RAISE no_data_found USING MESSAGE = format('account %s has ended', account), HINT = 'It was deleted while this waited for it.';
        END IF;
        INSERT INTO @schema@.account_locks (account_id, kind) VALUES (account, hold_account.kind) ON CONFLICT DO NOTHING;
    END LOOP;
END
$hold_account$;
COMMENT ON FUNCTION @schema@.hold_account(text, boolean)
    IS 'holds a lock of the entered account, alone or with others, until the end of the transaction; for commands';

CREATE FUNCTION @schema@.lock_account() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lock_account$
BEGIN
    PERFORM @schema@.hold_account('order', true);
END
$lock_account$;
COMMENT ON FUNCTION @schema@.lock_account()
    IS 'lets one transaction at a time decide something of several rows of the entered account; taken before any row; for commands';

-- What acts against an account, or against a person in it, waits for primecloud.preempt_after; then whoever holds it up is ended.
CREATE FUNCTION @schema@.take_account(ending boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $take_account$
DECLARE
    account uuid := primecloud.tenant_uuid();
    patience text := current_setting('lock_timeout');
    preempted text := coalesce(nullif(current_setting('primecloud.preempt_after'), '0'), patience);
    status text;
BEGIN
    FOR attempt IN 1..5 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', preempted, true);
            IF ending THEN
                PERFORM @schema@.hold_account('end', true);
                SELECT a.status INTO status FROM @schema@.accounts a WHERE a.id = account FOR UPDATE;
            ELSE
                SELECT a.status INTO status FROM @schema@.accounts a WHERE a.id = account FOR NO KEY UPDATE;
            END IF;
            PERFORM set_config('lock_timeout', patience, true);
            RETURN status;
        EXCEPTION WHEN lock_not_available THEN
            IF current_setting('primecloud.preempt_after') = '0' THEN
                RAISE;
            END IF;
            IF ending THEN
                PERFORM primecloud.end_holders('@schema@.account_locks', l.ctid) FROM @schema@.account_locks l
                    WHERE l.account_id = account AND l.kind = 'end';
            END IF;
            PERFORM primecloud.end_holders('@schema@.accounts', a.ctid) FROM @schema@.accounts a WHERE a.id = account;
        END;
    END LOOP;
    RAISE lock_not_available USING MESSAGE = format('account %s is held by sessions that cannot be ended', account),
        HINT = 'Ask pg_blocking_pids() who they are.';
END
$take_account$;
COMMENT ON FUNCTION @schema@.take_account(boolean)
    IS 'locks the entered account''s row, to end it or not, and tells its status; whoever holds it up is ended; for commands';

CREATE FUNCTION @schema@.take_row(relation name, taken uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $take_row$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    patience text := current_setting('lock_timeout');
    nobody_ends CONSTANT boolean := current_setting('primecloud.preempt_after') = '0';
    preempted text := CASE WHEN nobody_ends THEN patience ELSE current_setting('primecloud.preempt_after') END;
BEGIN
    FOR attempt IN 1..5 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', preempted, true);
            EXECUTE format('SELECT FROM @schema@.%I t WHERE t.account_id = $2 AND t.id = $1 FOR UPDATE', relation) USING taken, account;
            PERFORM set_config('lock_timeout', patience, true);
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            IF nobody_ends THEN
                RAISE;
            END IF;
            EXECUTE format('SELECT primecloud.end_holders(%L, t.ctid) FROM @schema@.%I t WHERE t.account_id = $2 AND t.id = $1',
                '@schema@.' || relation, relation) USING taken, account;
        END;
    END LOOP;
    RAISE lock_not_available USING MESSAGE = format('%s %s is held by sessions that cannot be ended', relation, taken),
        HINT = 'Ask pg_blocking_pids() who they are.';
END
$take_row$;
COMMENT ON FUNCTION @schema@.take_row(name, uuid)
    IS 'locks a row that is to be taken away, by its id; whoever holds it up is ended; for commands, where it is not to be had at once';
