-- Row-level security, by the toolkit's own helpers alone.  The floors are those
-- of the commands that write: what a client may write by itself is less, and
-- decided by grants.

SELECT primecloud.protect_table('@schema@.accounts'::regclass, tenant_column => 'id', read_role => 'external_client', write_role => 'admin', delete_role => 'owner');
SELECT primecloud.protect_table(format('@schema@.%I', rel)::regclass, read_role => floors.read_role, write_role => floors.write_role, delete_role => floors.delete_role)
FROM (VALUES
    ('account_members', 'developer', 'admin', 'developer'),
    ('account_owners', 'owner', 'owner', 'owner'),
    ('account_billing', 'admin', 'admin', 'owner'),
    ('account_smtp', 'admin', 'admin', 'admin'),
    ('account_smtp_secrets', 'admin', 'admin', 'admin'),
    ('account_domain_tokens', 'admin', 'admin', 'admin'),
    ('subscriptions', 'developer', 'admin', 'owner'),
    ('orders', 'developer', 'developer', 'owner'),
    ('order_internal_notes', 'owner', 'owner', 'owner'),
    ('vps_configs', 'developer', 'developer', 'owner'),
    ('vps_secrets', 'admin', 'admin', 'owner'),
    ('customers', 'developer', 'admin', 'admin'),
    ('buckets', 'external_client', 'developer', 'admin'),
    ('bucket_permissions', 'external_client', 'admin', 'admin'),
    ('lifecycle_rules', 'external_client', 'developer', 'developer'),
    ('access_keys', 'developer', 'developer', 'owner'),
    ('access_key_secrets', 'developer', 'developer', 'developer'),
    ('sftp_credentials', 'developer', 'admin', 'owner'),
    ('sftp_secrets', 'admin', 'admin', 'admin'),
    ('object_tags', 'external_client', 'external_client', 'external_client'),
    ('object_shares', 'external_client', 'external_client', 'external_client'),
    ('object_share_tokens', 'external_client', 'external_client', 'external_client'),
    ('invitations', 'admin', 'admin', 'admin'),
    ('invitation_tokens', 'admin', 'admin', 'admin'),
    ('notifications', 'developer', 'external_client', 'owner'),
    ('audit_log', 'admin', 'external_client', 'owner'),
    ('usage_records', 'developer', 'admin', 'owner'),
    ('usage_hourly', 'developer', 'admin', 'owner'),
    ('usage_daily', 'developer', 'admin', 'owner'),
    ('quota_requests', 'developer', 'admin', 'owner'),
    ('invoices', 'admin', 'admin', 'owner'),
    ('invoice_lines', 'admin', 'admin', 'owner'),
    ('outbox', 'owner', 'external_client', 'owner')
) AS floors(rel, read_role, write_role, delete_role);

-- An external client reaches the buckets granted in bucket_permissions alone.
SELECT primecloud.confine_table('@schema@.buckets'::regclass, 'id');
SELECT primecloud.confine_table(format('@schema@.%I', rel)::regclass, 'bucket_id')
FROM unnest(ARRAY['bucket_permissions', 'lifecycle_rules', 'object_tags', 'object_shares']) AS rel;

SELECT primecloud.share_table(format('@schema@.%I', rel)::regclass)
FROM unnest(ARRAY['products', 'prices', 'price_changes', 'notification_types']) AS rel;

-- Sealed columns, so that reveal and reseal find them: label, id and tenant.
SELECT primecloud.seal_column('@schema@.account_smtp_secrets'::regclass, 'password', '@schema@.account_smtp_secrets.password', 'account_id');
SELECT primecloud.seal_column('@schema@.vps_secrets'::regclass, 'credentials', '@schema@.vps_secrets.credentials', 'order_id');
SELECT primecloud.seal_column('@schema@.access_key_secrets'::regclass, 'secret', '@schema@.access_key_secrets.secret', 'id');
