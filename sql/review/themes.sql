-- The themes of review().

-- What each theme gives, before anything is left out.  A theme of which no check is asked for is not looked at; policies, views
-- and bodies always are.
CREATE FUNCTION primecloud_internal.review_themes(words primecloud_internal.review_words, checks text[])
    RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM primecloud_internal.review_tree_findings(words);
    IF checks IS NULL OR checks && '{rls_off,rls_not_forced,partition_unprotected,tenant_column_missing,table_undeclared}'
        OR checks && '{foreign_table_exposed}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_open(words);
    END IF;
    IF checks IS NULL OR checks && '{grant_without_policy,privilege_beyond_policies,grant_to_public}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_grants(words);
    END IF;
    IF checks IS NULL OR checks && '{app_role_bypasses_rls,app_role_owns_tables,app_role_overpowered,app_role_creates_objects}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_role_findings(words);
    END IF;
    IF checks IS NULL OR checks && '{setting_undermines_policies}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_settings(words);
    END IF;
    IF checks IS NULL OR checks && '{publication_unfiltered}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_publications(words);
    END IF;
    IF checks IS NULL OR checks && '{definer_without_search_path,leakproof_claimed}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_functions(words);
    END IF;
    IF checks IS NULL OR checks && '{fk_without_tenant,key_type_differs,foreign_key_skips_nulls,set_null_impossible}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_key_findings(words);
    END IF;
    IF checks IS NULL OR checks && '{unique_without_tenant}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_unique(words);
    END IF;
    IF checks IS NULL OR checks && '{membership_writable}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_membership(words);
    END IF;
    IF checks IS NULL OR checks && '{reference_unenforced}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_references(words);
    END IF;
    IF checks IS NULL OR checks && '{tenant_without_index,index_unusable_under_policies,list_without_index}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_index_findings(words);
    END IF;
    IF checks IS NULL OR checks && '{index_duplicate}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_duplicates(words);
    END IF;
    IF checks IS NULL OR checks && '{foreign_key_unindexed}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_unindexed(words);
    END IF;
    IF checks IS NULL OR checks && '{primary_key_missing,tenant_column_nullable,trigger_disabled,table_unlogged,change_unfinished}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_whole(words);
    END IF;
    IF checks IS NULL OR checks && '{state_unconstrained,money_inexact,type_unsuitable,key_too_narrow}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_types(words);
    END IF;
    IF checks IS NULL OR checks && '{secret_in_clear,secret_readable}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_secrets(words);
    END IF;
    IF checks IS NULL OR checks && '{column_unclassed,class_contradicts_name,pii_open_to_clients,read_model_lags,retention_undefined}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_contract(words);
    END IF;
    IF checks IS NULL OR checks && '{leftover_object,audit_rewritable,exemption_expired,software_outdated,token_key_unsound}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_hygiene(words);
    END IF;
    IF checks IS NULL OR checks && '{protection_drifted}' THEN
        RETURN QUERY SELECT * FROM primecloud_internal.review_drift(words);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_themes(primecloud_internal.review_words, text[])
    IS 'what the themes of these checks find in a schema, or all';
