-- What is claimed in a distributed control plane, compared with the rows that it is claimed for; and claims made what they should be.

-- What is claimed for which column, of which account, and in which rows alone.
CREATE FUNCTION primecloud_internal.schema_claimed(source name, OUT key text, OUT relation name, OUT columns name[], OUT wanted text)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10 SET search_path = pg_catalog, pg_temp
AS $schema_claimed$
    SELECT a.name::text, a.relation, ARRAY[m.made ->> 'value', m.made ->> 'account', coalesce(m.made ->> 'where',
        m.made ->> 'value')]::name[],
        m.made ->> 'is'
    FROM primecloud_internal.schema_apart(source, 'claim') a, LATERAL (SELECT a.made::jsonb) AS m(made)
$schema_claimed$;
COMMENT ON FUNCTION primecloud_internal.schema_claimed(name)
    IS 'for which rows a distributed control plane claims what is unique over all accounts';

-- As it is distributed, when it has its rows here.
CREATE FUNCTION primecloud_internal.schema_claim_all_steps(schema name, source name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_claim_all_steps$
    SELECT 'fill', format('%I.claims', schema), format('INSERT INTO %I.claims (key, value, account_id) %s', schema,
        string_agg(format('SELECT %L, %I, %I FROM %I.%I', c.key, c.columns[1], c.columns[2], schema, c.relation)
            || CASE WHEN c.wanted IS NULL THEN '' ELSE format(' WHERE %I = %L', c.columns[3], c.wanted) END, ' UNION ALL '))
    FROM primecloud_internal.schema_claimed(source) c HAVING count(*) > 0
$schema_claim_all_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_claim_all_steps(name, name) IS 'the step by which all is claimed that rows have';

CREATE FUNCTION primecloud_internal.schema_empty_steps(schema name, source name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_empty_steps$
    SELECT 'fill', format('%I.claims', schema), format('DELETE FROM %I.claims', schema)
    WHERE EXISTS (SELECT FROM primecloud_internal.schema_claimed(source))
$schema_empty_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_empty_steps(name, name)
    IS 'the steps by which what is there for distributed tables alone has no rows';

CREATE TYPE primecloud_internal.claim_difference AS (key text, value text, claimant text, accounts text[]);
COMMENT ON TYPE primecloud_internal.claim_difference
    IS 'what is claimed otherwise than rows have it: by whom, and the accounts whose rows have it';

-- As the caller, who must have the rights of the owner; on texts alone.  What an open transaction is about is not looked at: its claim
-- and its row are seen together when it has ended.
CREATE FUNCTION primecloud_internal.schema_claims_apart(schema name, source name) RETURNS SETOF primecloud_internal.claim_difference
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_claims_apart$
    WITH had AS MATERIALIZED (
        SELECT c.key, r.first_value COLLATE "C" AS value, array_agg(DISTINCT r.second_value COLLATE "C") AS accounts,
            bool_or(r.is_open) AS is_open
        FROM primecloud_internal.schema_claimed(source) c,
            LATERAL primecloud_internal.owners_rows(to_regclass(format('%I.%I', schema, c.relation)), c.columns) AS r
        WHERE r.first_value IS NOT NULL AND (c.wanted IS NULL OR r.third_value = c.wanted) GROUP BY 1, 2),
    claimed AS MATERIALIZED (
        SELECT r.first_value AS key, r.second_value COLLATE "C" AS value, min(r.third_value) AS claimant, bool_or(r.is_open) AS is_open
        FROM primecloud_internal.owners_rows(to_regclass(format('%I.claims', schema)), '{key,value,account_id}') AS r GROUP BY 1, 2)
    SELECT coalesce(h.key, c.key), coalesce(h.value, c.value), c.claimant, coalesce(h.accounts, '{}')
    FROM had h FULL JOIN claimed c ON c.key = h.key AND c.value = h.value
    WHERE NOT coalesce(h.is_open, false) AND NOT coalesce(c.is_open, false) AND h.accounts IS DISTINCT FROM ARRAY[c.claimant]
$schema_claims_apart$;
COMMENT ON FUNCTION primecloud_internal.schema_claims_apart(name, name)
    IS 'the claims of a control plane that are not those of its rows, as '
    'one reading has it';

CREATE FUNCTION primecloud_internal.schema_claim_differences(schema name, source name)
    RETURNS SETOF primecloud_internal.claim_difference
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_claim_differences$
DECLARE
    seen CONSTANT primecloud_internal.claim_difference[] := ARRAY(SELECT d FROM primecloud_internal.schema_claims_apart(schema, source) d);
BEGIN
    -- No one moment is seen on all servers: what was committed between two of them is not apart any more when they are read again.
    IF cardinality(seen) > 0 THEN
        RETURN QUERY SELECT d.* FROM primecloud_internal.schema_claims_apart(schema, source) d
            WHERE EXISTS (SELECT FROM unnest(seen) s WHERE s.key = d.key AND s.value = d.value AND s.accounts = d.accounts
                AND s.claimant IS NOT DISTINCT FROM d.claimant) ORDER BY d.key, d.value COLLATE "C";
    END IF;
END
$schema_claim_differences$;
COMMENT ON FUNCTION primecloud_internal.schema_claim_differences(name, name)
    IS 'the claims of a distributed control plane that are not those of its rows; as who has the rights of its owner';

-- Two accounts that have one name cannot both claim it: the claim is the one's or the other's, and keeps a third from it.
CREATE FUNCTION primecloud_internal.rightful_claimant(difference primecloud_internal.claim_difference) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $rightful_claimant$
    SELECT CASE WHEN difference.claimant = ANY (difference.accounts) THEN difference.claimant ELSE difference.accounts[1] END
$rightful_claimant$;
COMMENT ON FUNCTION primecloud_internal.rightful_claimant(primecloud_internal.claim_difference)
    IS 'which account is to have a claim, by its rows; NULL where none has the value';

CREATE FUNCTION primecloud_internal.schema_claim_steps(schema name, source name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_claim_steps$
DECLARE
    wrong jsonb;
    claims CONSTANT text := format('%I.claims', schema);
BEGIN
    SELECT jsonb_agg(jsonb_build_object('key', d.key, 'value', d.value, 'was', d.claimant, 'account', r.account)) INTO wrong
    FROM primecloud_internal.schema_claim_differences(schema, source) d,
        LATERAL (SELECT primecloud_internal.rightful_claimant(d)) AS r(account)
    WHERE r.account IS DISTINCT FROM d.claimant;
    IF wrong IS NOT NULL THEN
        RETURN NEXT primecloud_internal.step('fill', claims, format('DELETE FROM %s c USING pg_catalog.jsonb_to_recordset(%L) '
            'AS w(key text, value text, was uuid) WHERE c.key = w.key AND c.value = w.value AND c.account_id = w.was', claims, wrong));
        RETURN NEXT primecloud_internal.step('fill', claims, format('INSERT INTO %s (key, value, account_id) SELECT w.key, w.value, '
            'w.account FROM pg_catalog.jsonb_to_recordset(%L) AS w(key text, value text, account uuid) WHERE w.account IS NOT NULL', claims,
            wrong));
    END IF;
END
$schema_claim_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_claim_steps(name, name)
    IS 'the steps by which the claims of a distributed control plane are those of its rows';

CREATE FUNCTION primecloud_internal.schema_mend_claims(schema name, source name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_mend_claims$
BEGIN
    -- Whoever has claimed has ended, with what he wrote on other servers, and nobody claims meanwhile.
    EXECUTE format('LOCK TABLE %I.claims IN SHARE ROW EXCLUSIVE MODE', schema);
    PERFORM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.schema_claim_steps(schema, source) s), false);
END
$schema_mend_claims$;
COMMENT ON FUNCTION primecloud_internal.schema_mend_claims(name, name)
    IS 'makes the claims of a distributed control plane those of its rows';

CREATE FUNCTION primecloud_internal.schema_claims_told(schema name, source name) RETURNS TABLE (object text, problem text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_claims_told$
BEGIN
    RETURN QUERY SELECT format('claim %s "%s"', d.key, d.value), CASE
        WHEN cardinality(d.accounts) > 1 THEN format('accounts %s have it, and one alone may: give all but one another, and run '
            'primecloud.migrate_schema', array_to_string(d.accounts, ', '))
        WHEN d.accounts = '{}' THEN format('account %s has claimed it, and no row has it: primecloud.migrate_schema frees it', d.claimant)
        WHEN d.claimant IS NULL THEN format('account %s has it and has not claimed it: primecloud.migrate_schema claims it', d.accounts[1])
        ELSE format('account %s has it, and account %s has claimed it: primecloud.migrate_schema puts it right', d.accounts[1],
            d.claimant) END
        FROM primecloud_internal.schema_claim_differences(schema, source) d;
EXCEPTION WHEN OTHERS THEN
    RETURN QUERY SELECT 'claims', format('not compared with the rows that they are of: %s', SQLERRM);
END
$schema_claims_told$;
COMMENT ON FUNCTION primecloud_internal.schema_claims_told(name, name)
    IS 'what check_schema says of the claims of a distributed control plane, and what puts each right';
