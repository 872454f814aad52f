# shellcheck shell=bash disable=SC2154
# test/support/carried.sh, after assert.sh, which knows work and tests: the demo's databases with a row in every table of the extension's that
# a dump or an upgrade must carry, and what two servers must have in common for one to be the other's.
run() { PGOPTIONS='-c client_min_messages=error' query "$@"; }

# A worker that may open secrets, a role for backups, and what the demo leaves empty.
fill_up() {
  run -d hosting_cloud > /dev/null <<'SQL'
SELECT primecloud.create_platform_role('demo_dump_worker');
ALTER ROLE demo_dump_worker LOGIN;
ALTER ROLE demo_dump_worker SET primecloud.reveals_per_transaction = 1000;
SELECT primecloud.grant_schema('cloud', 'demo_dump_worker', 'worker');
GRANT SELECT ON cloud.accounts, cloud.vps_secrets, cloud.access_key_secrets, cloud.account_smtp_secrets, cloud.sftp_secrets TO demo_dump_worker;
SELECT primecloud.create_backup_role('demo_dump_backup');
ALTER ROLE demo_dump_backup LOGIN;
SELECT format($$BEGIN; SELECT primecloud.enter_trusted(%L, %L, 'owner');
    SELECT cloud.set_smtp('mail.example.com', 'mailer', 'a mail password', 'a@example.com'), cloud.create_access_key('backups'); COMMIT$$, account_id, user_id)
FROM cloud.account_members WHERE role = 'owner' \gexec
SQL
  run -d hosting_app > /dev/null <<'SQL'
SELECT primecloud.create_platform_role('demo_dump_worker');
GRANT SELECT ON accounts, vps_configs TO demo_dump_worker;
SELECT primecloud.retain('audit_logs', 'created_at', '1 year', tenant_column => 'account_id', id_column => 'id');
SELECT primecloud.add_token_key('shared', 'HS256', '\x5b1d0a63cf1c7e0d2f9a44d0b9e7c1a8835f60e2d7914caab3f05e6c28d19b74');
SELECT primecloud.blind_index('a@example.com', '1', 'users.email'), primecloud.token_hash('token', 'invitation');
SQL
  run -d hosting_cloud -c "SELECT primecloud.place_hold('cloud.notifications', 'a court asks', id::text), primecloud.retain_tenant('cloud.notifications', id::text, '2 years') FROM cloud.accounts LIMIT 1" > /dev/null
}

# Every registered envelope, opened by the worker in each account in turn.
opened() {  # opened DATABASE
  run -d "$1" > "$work/open.sql" <<'SQL'
SELECT format(E'BEGIN;\nSELECT primecloud.assume(%L, ''a restored dump is checked'') \\g /dev/null', tenant) || E'\n'
    || string_agg(format('SELECT %L, %I, primecloud.reveal(%L, %L, %I, ''check'') FROM %I.%I WHERE %I IS NOT NULL ORDER BY 2;',
           table_name || '.' || column_name, id_column, format('%I.%I', schema_name, table_name), column_name, id_column, schema_name, table_name, column_name), E'\n' ORDER BY table_name, column_name)
    || E'\nCOMMIT;'
FROM (SELECT DISTINCT tenant FROM primecloud.data_key WHERE purpose = 'seal') AS tenants, primecloud.sealed_column GROUP BY tenant ORDER BY tenant;
SQL
  run -U demo_dump_worker -d "$1" -f "$work/open.sql"
}
described() { run -d "$1" -f "$tests/database_fingerprint.sql"; }
counted() { run -d "$1" -f "$tests/row_checksums.sql"; }
some() { at_least "$1 to compare" "$4" "$(grep -c "$2" "$3")"; }
