-- review(): what is unsafe, slow or careless in a schema.

-- (To plan what the themes ask takes longer than to answer it of a small schema: they are of a language that keeps plans, and
-- nothing in these depends on what they are given.)  Of what was there when it was asked: what others drop meanwhile is asked of again.
CREATE FUNCTION primecloud_internal.review_rows(schema name, app_role name, checks text[]) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET standard_conforming_strings = on
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    found primecloud_internal.review_row[];
    words primecloud_internal.review_words;
BEGIN
    FOR tries IN 1..5 LOOP
        words := primecloud_internal.review_words_of(schema, app_role);
        BEGIN
            found := ARRAY(SELECT r FROM primecloud_internal.review_themes(words, checks) AS r);
            EXIT;
        EXCEPTION WHEN internal_error OR undefined_table OR undefined_function OR undefined_object OR undefined_column THEN
            PERFORM primecloud_internal.review_asked_again(tries, SQLSTATE, SQLERRM);
        END;
    END LOOP;
    RETURN QUERY SELECT * FROM unnest(found);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_rows(name, name, text[])
    IS 'what the themes of these checks find in a schema, or all, whatever others drop meanwhile';

-- A word that is none would find nothing, and a gate would pass.
CREATE FUNCTION primecloud_internal.review_chosen(checks text[], levels text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    wrong text;
BEGIN
    IF checks = '{}' OR levels = '{}' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no check or no level is named, and nothing would be found',
            HINT = 'Pass NULL for all.';
    END IF;
    IF cardinality(checks) > 100 OR cardinality(levels) > 3 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'more checks or levels are named than there are', HINT = 'Name each once.';
    END IF;
    SELECT c INTO wrong FROM unnest(checks) AS c WHERE c IS NULL OR c <> ALL (replace('{
        app_role_bypasses_rls,app_role_creates_objects,app_role_overpowered,app_role_owns_tables,audit_rewritable,
        change_unfinished,check_always_true,class_contradicts_name,column_unclassed,definer_bypasses_policies,
        definer_without_search_path,exemption_expired,fk_without_tenant,floor_always_true,foreign_key_skips_nulls,
        foreign_key_unindexed,foreign_table_exposed,grant_to_public,grant_without_policy,index_duplicate,
        index_unusable_under_policies,key_in_catalog,key_too_narrow,key_type_differs,leakproof_claimed,leftover_object,
        list_without_index,matview_exposed,membership_writable,money_inexact,partition_unprotected,pii_open_to_clients,
        policies_overlap,policy_always_false,policy_always_true,policy_call_per_row,policy_client_claim,policy_compares_role,
        policy_fails_open,policy_forgeable_context,policy_function_not_executable,policy_immutable_context,policy_inverted,
        policy_literal_tenant,policy_not_row_scoped,policy_pattern_match,policy_reads_writable_table,policy_recursion,
        policy_role_ineffective,policy_setting_unreliable,policy_shares_rows,policy_subquery_per_row,
        policy_subquery_self_compare,policy_unbound_subquery,policy_volatile_function,primary_key_missing,
        privilege_beyond_policies,protection_drifted,publication_unfiltered,read_model_lags,reference_unenforced,
        retention_undefined,rls_not_forced,rls_off,secret_in_clear,secret_readable,set_null_impossible,
        setting_undermines_policies,software_outdated,state_unconstrained,table_undeclared,table_unlogged,tenant_column_missing,
        tenant_column_nullable,tenant_predicate_opaque,tenant_predicate_under_or,tenant_without_index,token_key_unsound,
        trigger_disabled,type_unsuitable,unique_without_tenant,view_bypasses_policies,view_filter_leaks,write_check_open}',
        E'\n', '')::text[]) LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('there is no check "%s"', left(wrong, 100)),
            HINT = 'docs/reference/review.md has the names of all.';
    END IF;
    SELECT l INTO wrong FROM unnest(levels) AS l WHERE l IS NULL OR l NOT IN ('error', 'warning', 'notice') LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('there is no level "%s"', left(wrong, 100)),
            HINT = 'The levels are error, warning and notice.';
    END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_chosen(text[], text[]) IS 'true; 22023 for a check or a level that is none';

-- Row by row of a catalog that is joined to itself would be slow in a large schema: tables are joined as wholes.
CREATE FUNCTION review(schema name, app_role name DEFAULT NULL, checks text[] DEFAULT NULL, levels text[] DEFAULT NULL)
    RETURNS SETOF finding
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $$
    SELECT f.check_name, f.level, f.object, f.evidence, primecloud_internal.review_fix(f.fix), f.fingerprint FROM (
        SELECT DISTINCT ON (r.same COLLATE "C") r.*,
            -- (What was accepted as a warning is not as an error.)
            primecloud_internal.review_fingerprint(r.check_name, r.object, r.level || coalesce(r.parts, '{}')) AS fingerprint FROM (
            SELECT x.*, primecloud_internal.review_fingerprint(x.check_name, x.object, x.parts) AS same,
                array_position('{error,warning,notice}', x.level) AS grade
            FROM primecloud_internal.review_rows(schema, app_role, checks) AS x
            WHERE primecloud_internal.review_chosen(checks, levels)
              AND (checks IS NULL OR x.check_name = ANY (checks)) AND (levels IS NULL OR x.level = ANY (levels))
              AND NOT (x.check_name IN ('definer_bypasses_policies', 'definer_without_search_path')
                AND x.object IN (SELECT s FROM primecloud_internal.review_shipped(schema) AS s))) AS r
        ORDER BY r.same COLLATE "C", r.grade, r.evidence COLLATE "C") AS f
    ORDER BY f.grade, f.object COLLATE "C", f.check_name COLLATE "C", f.fingerprint COLLATE "C"
$$;
COMMENT ON FUNCTION review(name, name, text[], text[])
    IS 'what is unsafe, slow or careless in a schema, for the role that the application logs in as';
