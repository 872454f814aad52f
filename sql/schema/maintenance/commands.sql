-- Running the steps.

CREATE FUNCTION @schema@.maintain(step text, batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $maintain$
BEGIN
    PERFORM primecloud.require_read_committed();
    IF NOT @schema@.caller_is('maintenance') THEN
        RAISE insufficient_privilege USING MESSAGE = 'maintenance is for the maintenance role',
            HINT = 'Let the role in with primecloud.grant_schema, as maintenance.';
    END IF;
    RETURN CASE step WHEN 'access' THEN @schema@.maintain_access(batch) WHEN 'subscriptions' THEN @schema@.maintain_subscriptions(batch)
                     WHEN 'invoices' THEN @schema@.maintain_invoices(batch) WHEN 'retention' THEN @schema@.maintain_retention(batch)
                     WHEN 'limits' THEN @schema@.maintain_limits(batch) END;
END
$maintain$;
COMMENT ON FUNCTION @schema@.maintain(text, integer) IS 'one batch of one step of run_maintenance; tells how many rows it moved';
GRANT EXECUTE ON FUNCTION @schema@.maintain TO @maintenance@;
ALTER FUNCTION @schema@.maintain OWNER TO @gate@;

CREATE PROCEDURE @schema@.run_maintenance(batch integer DEFAULT 1000)
LANGUAGE plpgsql
AS $run_maintenance$
DECLARE
    step pg_catalog.text;
    moved pg_catalog.int8;
BEGIN
    -- A transaction a batch: whatever stops this loses one batch at most, and it goes on at the next call.
    FOREACH step IN ARRAY ARRAY['access', 'subscriptions', 'invoices', 'retention', 'limits'] LOOP
        LOOP
            moved := @schema@.maintain(step, batch);
            COMMIT;
            EXIT WHEN moved OPERATOR(pg_catalog.=) 0;  -- under the search_path of who calls it
        END LOOP;
    END LOOP;
END
$run_maintenance$;
COMMENT ON PROCEDURE @schema@.run_maintenance(integer)
    IS 'does what time demands, a batch a transaction; as the maintenance role, outside a transaction block';
GRANT EXECUTE ON PROCEDURE @schema@.run_maintenance TO @maintenance@;
