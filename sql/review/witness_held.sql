-- review_prove(): a table is held while rows of it are tried, and what stands there is looked at once more.

-- With the rights of the table's owner, which the caller has.  Whatever was done is undone, the locks too.  Nothing comes to a
-- table that is held so, and each statement has a look at the catalog of its own.
CREATE FUNCTION primecloud_internal.review_witness(t primecloud_internal.review_table, app_role name, askers oid[], OUT seen boolean,
    OUT says text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held oid[] := primecloud_internal.review_held_by(t.rel);
    reason text := primecloud_internal.review_untried(t.rel, app_role, held);
    done boolean := false;
BEGIN
    says := 'no row is tried: ' || reason;
    IF reason IS NOT NULL THEN
        RETURN;
    END IF;
    BEGIN
        reason := primecloud_internal.hold_relations(held, false);
        IF reason IS NULL THEN
            reason := CASE WHEN held @> primecloud_internal.review_held_by(t.rel)
                THEN primecloud_internal.review_untried(t.rel, app_role, held) ELSE 'it was changed meanwhile: ask again' END;
        END IF;
        says := 'no row is tried: ' || reason;
        IF reason IS NULL THEN
            SELECT r.seen, r.says INTO seen, says FROM primecloud_internal.review_try_rows(t, app_role, askers) AS r;
        END IF;
        done := true;
        RAISE feature_not_supported USING MESSAGE = 'what was tried is undone', HINT = 'Nobody sees this: it takes back what was tried.';
    EXCEPTION WHEN feature_not_supported THEN
        IF NOT done THEN
            RAISE;
        END IF;
    WHEN lock_not_available THEN
        says := 'no row is tried: somebody holds it locked';
    WHEN insufficient_privilege THEN
        says := 'no row is tried: a part of it, or what it is a part of, is not of the caller';
    END;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_witness(primecloud_internal.review_table, name, oid[])
    IS 'whether the application sees a row that no tenant of its own has, put in and taken back; why that was not tried';
