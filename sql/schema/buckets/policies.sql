-- An external client does not see what others were granted.

CREATE POLICY own_grants_only ON @schema@.bucket_permissions AS RESTRICTIVE FOR SELECT
    USING (primecloud.has_role('developer') OR user_id = @schema@.entered_person());
DISTRIBUTED CONDITION own_grants_only ON @schema@.bucket_permissions
    (primecloud.has_role('developer') OR user_id::text = primecloud.user_id());
