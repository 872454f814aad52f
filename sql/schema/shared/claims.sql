-- What is one's alone among all accounts, where no index sees all of them.

-- On one server a unique key says so, and this is empty.  Where the accounts are distributed a key holds within
-- an account, and what is unique over all of them is claimed here.  On the coordinator, and not a table that each
-- server has: Citus lets one transaction at a time delete from such a one, and whoever ended his
-- account in a transaction that he leaves open would stop all others.
CREATE TABLE @schema@.claims (
    key text NOT NULL,  --: @public the unique key that it stands for
    value text NOT NULL,  --: @public what is claimed
    account_id uuid NOT NULL,  --: @public the account
    CONSTRAINT claims_pk PRIMARY KEY (key, value)
);
COMMENT ON TABLE @schema@.claims IS 'private: what one account alone has, while accounts are distributed over servers';
CREATE INDEX claims_account_idx ON @schema@.claims (account_id, key);
DISTRIBUTED LOCAL @schema@.claims;
SELECT primecloud.protect_table('@schema@.claims', read_role => 'external_client', write_role => 'external_client',
    delete_role => 'external_client');
GRANT SELECT ON @schema@.claims TO @gate@;
GRANT INSERT ON @schema@.claims TO @gate@;
GRANT DELETE ON @schema@.claims TO @gate@;

CREATE FUNCTION @schema@.claim_value(key text, value text, account uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $claim_value$
BEGIN
    -- The unique key sees all accounts by itself.
    RETURN;
END
$claim_value$;

CREATE DISTRIBUTED FUNCTION @schema@.claim_value(key text, value text, account uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $claim_value$
BEGIN
    INSERT INTO @schema@.claims (key, value, account_id) VALUES (claim_value.key, claim_value.value, claim_value.account);
EXCEPTION WHEN unique_violation THEN
    -- as the key itself would say it
    RAISE unique_violation USING MESSAGE = format('duplicate key value violates unique constraint "%s"', claim_value.key),
        DETAIL = format('%s is taken.', claim_value.value), HINT = 'Choose another.',
        CONSTRAINT = claim_value.key;
END
$claim_value$;
COMMENT ON FUNCTION @schema@.claim_value(text, text, uuid)
    IS 'claims for an account what is unique over all of them, where no key sees all; refused as that key would; for commands';
GRANT EXECUTE ON FUNCTION @schema@.claim_value TO @gate@;

CREATE FUNCTION @schema@.let_go(account uuid, key text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $let_go$
BEGIN
    -- There are no claims: what the row had is free with it.
    RETURN;
END
$let_go$;

CREATE DISTRIBUTED FUNCTION @schema@.let_go(account uuid, key text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $let_go$
BEGIN
    -- A bill stays when its account has ended, and so does its number.
    DELETE FROM @schema@.claims c WHERE c.account_id = account
        AND (c.key = let_go.key OR let_go.key IS NULL AND c.key <> 'invoices_number_unique');
END
$let_go$;
COMMENT ON FUNCTION @schema@.let_go(uuid, text)
    IS 'frees what an account has claimed of one kind, or of all that ends with it; for commands';
GRANT EXECUTE ON FUNCTION @schema@.let_go TO @gate@;

CREATE FUNCTION @schema@.tell_sessions() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $tell_sessions$
BEGIN
    -- The triggers of the tables do it.
    RETURN;
END
$tell_sessions$;

CREATE DISTRIBUTED FUNCTION @schema@.tell_sessions() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $tell_sessions$
BEGIN
    PERFORM primecloud.membership_changed();
END
$tell_sessions$;
COMMENT ON FUNCTION @schema@.tell_sessions()
    IS 'says to sessions that are in an account that somebody may have lost what he entered with, where no trigger does; for commands';
GRANT EXECUTE ON FUNCTION @schema@.tell_sessions TO @gate@;
