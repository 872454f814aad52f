-- Accounts that no open transaction holds, for what serves all of them.

-- SKIP LOCKED waits all the same where one transaction has changed a row and then locks it FOR UPDATE: whoever asks for
-- KEY SHARE goes past the change and finds the lock.  The time-out ends that, and each is asked for by itself.
CREATE FUNCTION @schema@.unheld_accounts(wanted uuid[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
AS $unheld_accounts$
DECLARE
    one uuid;
    unheld uuid[] := '{}';
BEGIN
    BEGIN
        RETURN ARRAY(SELECT a.id FROM @schema@.accounts a WHERE a.id = ANY (wanted) ORDER BY a.id FOR KEY SHARE SKIP LOCKED);
    EXCEPTION WHEN lock_not_available THEN
        NULL;
    END;
    FOR one IN SELECT DISTINCT w FROM unnest(wanted) AS w ORDER BY w LOOP
        BEGIN
            PERFORM FROM @schema@.accounts a WHERE a.id = one FOR KEY SHARE SKIP LOCKED;
            unheld := unheld || CASE WHEN FOUND THEN ARRAY[one] END;
        EXCEPTION WHEN lock_not_available THEN
            NULL;
        END;
    END LOOP;
    RETURN unheld;
END
$unheld_accounts$;

CREATE DISTRIBUTED FUNCTION @schema@.unheld_accounts(wanted uuid[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $unheld_accounts$
DECLARE
    one uuid;
    unheld uuid[] := '{}';
BEGIN
    FOR one IN SELECT DISTINCT w FROM unnest(wanted) AS w ORDER BY w LOOP
        PERFORM FROM @schema@.accounts a WHERE a.id = one FOR KEY SHARE SKIP LOCKED;
        unheld := unheld || CASE WHEN FOUND THEN ARRAY[one] END;
    END LOOP;
    RETURN unheld;
END
$unheld_accounts$;
COMMENT ON FUNCTION @schema@.unheld_accounts(uuid[])
    IS 'those of some accounts that no open transaction holds, which may be referred to from here on; for what serves all accounts';
GRANT EXECUTE ON FUNCTION @schema@.unheld_accounts TO @gate@;
