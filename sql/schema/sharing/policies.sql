-- An external client reads no more than was granted: not in a bucket that he may
-- only write, not what others share, not what others were granted.

CREATE POLICY readers_only ON @schema@.object_tags AS RESTRICTIVE FOR SELECT
    USING (primecloud.has_role('developer') OR @schema@.may_read_bucket(bucket_id));
-- (A shard sees no other table: there he reads no tags at all.)
DISTRIBUTED CONDITION readers_only ON @schema@.object_tags
    (primecloud.has_role('developer'));

CREATE POLICY own_shares_only ON @schema@.object_shares AS RESTRICTIVE FOR SELECT
    USING (primecloud.has_role('developer') OR created_by = primecloud.user_id());
DISTRIBUTED CONDITION own_shares_only ON @schema@.object_shares
    (primecloud.has_role('developer') OR created_by = primecloud.user_id());
