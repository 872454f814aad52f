-- What the services are told: in the bodies that their own interfaces take, with
-- secrets by reference alone, and nothing left out that has to be told.
\set test schema_payloads
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE FUNCTION told(operation text) RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT payload FROM cloud.outbox o
    WHERE o.operation = told.operation ORDER BY sequence DESC LIMIT 1 $$;
SELECT act('a_admin', $$SELECT id FROM cloud.create_sftp_credential('login')$$) AS login \gset
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets', 'sa-east-1', versioning => true)$$) AS bucket,
    act('a_dev', $$SELECT cloud.create_bucket('logs')$$) AS other, act('b_owner', $$SELECT cloud.create_bucket('assets')$$) AS theirs \gset
SELECT physical_name AS physical FROM cloud.buckets WHERE id = :'bucket' \gset
SELECT physical_name AS physical_other FROM cloud.buckets WHERE id = :'other' \gset

-- a bucket: made, versioned, limited, in this order
SELECT results_eq(format($$SELECT operation, payload FROM cloud.outbox WHERE object = 'bucket:%s' ORDER BY sequence$$, :'physical'),
    format($$VALUES
    ('create_bucket', '{"bucket": "%1$s", "region": "sa-east-1"}'::jsonb),
    ('set_versioning', '{"bucket": "%1$s", "region": "sa-east-1", "status": "Enabled"}'), ('set_bucket_quota',
    '{"bucket": "%1$s", "region": "sa-east-1", "quota": 53687091200, "size": 53687091200, "quotatype": "hard"}')$$, :'physical'),
        'a bucket is made, versioned and limited');
SELECT act('a_admin', format('SELECT cloud.set_bucket_quota(%L, 1000)', :'bucket')),
    act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, false)', :'bucket'));
SELECT is(told('set_bucket_quota'), jsonb_build_object('bucket', :'physical', 'region', 'sa-east-1', 'quota', 1000, 'size', 1000,
    'quotatype', 'hard'), 'its quota changes, by both names that it has had');
SELECT is(told('set_versioning') ->> 'status', 'Suspended', 'its versioning is suspended: S3 knows no other off');
SELECT act('a_dev', format($$SELECT cloud.set_bucket_lifecycle(%L,
    '{"Rules":[{"ID":"a&b","Status":"Enabled","Filter":{"Prefix":"x<y/"},"Expiration":{"Days":3}}]}')$$, :'bucket'));
SELECT is((SELECT xpath('//*[local-name()=''ID'']/text() | //*[local-name()=''Prefix'']/text() | //*[local-name()=''Days'']/text()',
    (told('set_lifecycle') ->> 'xml')::xml)::text), '{a&amp;b,x&lt;y/,3}', 'lifecycle as the XML of S3');
SELECT is(act('a_dev', format('SELECT cloud.bucket_lifecycle(%L) = %L::primecloud.lifecycle', :'bucket', told('set_lifecycle') ->> 'xml')),
    'true', 'which reads back');
SELECT act('a_dev', format($$SELECT cloud.remove_lifecycle_rule(%L, 'a&b')$$, :'bucket'));
SELECT is(told('remove_lifecycle'), jsonb_build_object('bucket', :'physical', 'region', 'sa-east-1'),
    'no rule left: the configuration is removed');

-- a key: MinIO's AddServiceAccountReq
SELECT act('a_dev', format($$SELECT id || ' ' || access_key_id
    FROM cloud.create_access_key('Build & deploy: a name longer than the thirty-two characters of MinIO, in Portuguese: produção', %L,
    %L)$$, permissions, expires)) AS made
FROM (VALUES ('read-write', now() + interval '30 days')) AS t(permissions, expires) \gset
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(told('add_service_account')) k),
    ARRAY['accessKey', 'description', 'expiration', 'name', 'policy', 'secretKey'], 'the fields of AddServiceAccountReq');
SELECT is(told('add_service_account') ->> 'accessKey', split_part(:'made', ' ', 2), 'the key that the customer has');
SELECT matches(told('add_service_account') ->> 'name', '^[a-zA-Z][a-zA-Z0-9_-]{0,31}$', 'a name that MinIO takes');
SELECT cmp_ok(octet_length(told('add_service_account') ->> 'description'), '<=', 256, 'and a description');
SELECT matches(told('add_service_account') ->> 'expiration', '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$', 'a time of RFC 3339');
SELECT is(told('add_service_account') -> 'secretKey', jsonb_build_object('secret', 'access_key_secrets.secret', 'id',
    split_part(:'made', ' ', 1)), 'the secret by reference');
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k', 'read', now() + interval '10 minutes')$$);
SELECT is(told('add_service_account') -> 'expiration', 'null'::jsonb, 'a time too near for MinIO is ours alone');
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k', 'read', now() + interval '2 years')$$);
SELECT is(told('add_service_account') -> 'expiration', 'null'::jsonb, 'and one too far');
SELECT is(act('a_dev', $$SELECT id FROM cloud.create_access_key('k', 'read', now())$$), '22023', 'no key that has expired');
SELECT is(act('a_dev', $$SELECT id FROM cloud.create_access_key('k', 'rwx; drop')$$), '23514', 'nor with rights that are none');

-- its policy: what the permissions mean, for the account's own buckets
CREATE TABLE policies (p text, made text, policy jsonb);
DO $$ DECLARE permission text; BEGIN
    FOREACH permission IN ARRAY ARRAY['read', 'write', 'read-write'] LOOP
        PERFORM act('a_dev', format('SELECT id FROM cloud.create_access_key(''k'', %L)', permission));
        COMMIT;
        INSERT INTO policies SELECT permission, '', told('add_service_account') -> 'policy';
    END LOOP;
END $$;
CREATE FUNCTION allows(policy jsonb, action text, resource text) RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM jsonb_array_elements(policy -> 'Statement') s, jsonb_array_elements_text(s -> 'Action') a,
        jsonb_array_elements_text(s -> 'Resource') r
                   WHERE s ->> 'Effect' = 'Allow' AND a = action AND resource LIKE replace(replace(replace(r, '\', '\\'), '_', '\_'), '*',
                       '%'))
$$;
SELECT is(string_agg(action, ' ' ORDER BY action), wanted, p || ' means ' || wanted) FROM policies JOIN (VALUES
    ('read', 's3:GetBucketLocation s3:GetObject s3:GetObjectVersion s3:ListBucket s3:ListBucketVersions'),
    ('write', 's3:AbortMultipartUpload s3:DeleteObject s3:GetBucketLocation s3:ListBucketMultipartUploads s3:ListMultipartUploadParts '
        's3:PutObject'),
    ('read-write', 's3:AbortMultipartUpload s3:DeleteObject s3:GetBucketLocation s3:GetObject s3:GetObjectVersion s3:ListBucket '
        's3:ListBucketMultipartUploads s3:ListBucketVersions s3:ListMultipartUploadParts s3:PutObject')) AS t(permission, wanted)
        ON permission = p,
    LATERAL (SELECT jsonb_array_elements_text(s -> 'Action') AS action FROM jsonb_array_elements(policy -> 'Statement') s) a GROUP BY p,
        wanted;
SELECT is(allows(policy, 's3:GetObject', 'arn:aws:s3:::' || b.physical_name || '/key'), p <> 'write'
    AND b.account_id = '00000000-0000-7000-8000-00000000000a', format('%s reads in %s of %s: %s', p, b.name, left(a.slug, 9), p <> 'write'
    AND a.slug = 'account-a'))
FROM policies, cloud.buckets b JOIN cloud.accounts a ON a.id = b.account_id;
SELECT is(bool_or(allows(policy, action, resource)), false, 'no policy reaches ' || action || ' of ' || resource)
    FROM policies, (VALUES ('s3:GetObject', 'arn:aws:s3:::' || :'physical'), ('s3:DeleteBucket', 'arn:aws:s3:::' || :'physical'),
    ('s3:PutBucketPolicy', 'arn:aws:s3:::' || :'physical'),
    ('s3:ListBucket', 'arn:aws:s3:::primecloud-assets'), ('s3:GetObject', 'arn:aws:s3:::primecloud-assets/key'),
        ('s3:ListAllMyBuckets', '*')) AS t(action, resource) GROUP BY action, resource;
SELECT cmp_ok((SELECT max(octet_length(policy::text)) FROM policies), '<', 4096,
    'and is not longer than MinIO takes, however many buckets');

-- a login: SFTPGo's folders and user
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(told('put_user')) k), ARRAY['folder_prefix', 'folders', 'user'],
    'folders, then the user that refers to them');
SELECT is((SELECT array_agg(b.id ORDER BY b.id) FROM cloud.buckets b
        WHERE starts_with(b.physical_name, told('put_user') ->> 'folder_prefix')),
    (SELECT array_agg(b.id ORDER BY b.id) FROM cloud.buckets b WHERE b.account_id = '00000000-0000-7000-8000-00000000000a'),
    'what folders that nobody has any more are called: as the account''s buckets, and nobody else''s');
SELECT results_eq($$SELECT f ->> 'name', f #>> '{filesystem,s3config,bucket}', f #>> '{filesystem,s3config,region}',
    f #>> '{filesystem,provider}' FROM jsonb_array_elements(told('put_user') -> 'folders') f ORDER BY 1$$,
    $$SELECT physical_name, physical_name, region, '1' FROM cloud.buckets WHERE account_id = '00000000-0000-7000-8000-00000000000a'
        ORDER BY 1$$, 'a folder for each bucket, on the object store');
SELECT is(told('put_user') #> '{user,virtual_folders}',
    format('[{"name": %s, "virtual_path": "/assets", "quota_size": -1, "quota_files": -1}, {"name": %s, "virtual_path": "/logs", '
    '"quota_size": -1, "quota_files": -1}]', to_json(:'physical'::text), to_json(:'physical_other'::text))::jsonb,
    'mounted under the name that the account knows');
SELECT is(told('put_user') #> '{user,permissions}', '{"/": ["list"], "/assets": ["*"], "/logs": ["*"]}'::jsonb,
    'nothing is written beside the buckets');
SELECT is(told('put_user') #> '{user,password}', jsonb_build_object('secret', 'sftp_secrets.password_hash', 'id', :'login'),
    'the hash by reference');
SELECT matches((SELECT primecloud.reveal('cloud.sftp_secrets', 'password_hash', id, 'test') FROM cloud.sftp_secrets),
    '^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$',
    'which is in the form that SFTPGo stores as it is');
SELECT is(told('put_user') #>> '{user,status}', '1', 'enabled');
SELECT act('a_admin', format('SELECT cloud.delete_bucket(%L)', :'other'));
SELECT is(jsonb_array_length(told('put_user') -> 'folders'), 1, 'a bucket that goes leaves the login');
SELECT act('a_admin', format('SELECT cloud.revoke_sftp_credential(%L)', :'login'));
SELECT is(told('disable_user') #>> '{user,status}', '0', 'disabled, with the whole user, which is what SFTPGo replaces');
SELECT ok(NOT told('disable_user') -> 'user' ? 'password', 'without a password');
SELECT is(told('disable_user') #> '{user,virtual_folders}', '[]'::jsonb, 'nor folders: it never comes back, and they hold keys');

-- an account that is suspended is suspended at the services, until it is active again: when a worker comes by
CREATE FUNCTION come_by() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(act('worker',
    format('SELECT count(*) FROM cloud.claim_outbox(%L, ''w'', 1)', service)), ',') FROM unnest(ARRAY['minio', 'sftpgo']) AS service $$;
SELECT act('a_admin', $$SELECT id FROM cloud.create_sftp_credential('second-login')$$);
SELECT act('a_platform', $$SELECT cloud.set_account_status('suspended', 'unpaid')$$), come_by();
SELECT is((SELECT count(DISTINCT object) FROM cloud.outbox WHERE operation = 'update_service_account' AND payload ->> 'newStatus' = 'off'),
    (SELECT count(*) FROM cloud.access_keys WHERE status = 'active'), 'suspended: each key is off');
SELECT is((SELECT operation || (payload #>> '{user,status}') FROM cloud.outbox WHERE object = 'user:second-login' ORDER BY sequence DESC
    LIMIT 1), 'disable_user0', 'and the login');
SELECT ok(NOT told('disable_user') -> 'user' ? 'password', 'of which nobody needs a secret');
SELECT is(jsonb_array_length(told('disable_user') #> '{user,virtual_folders}'), 1, 'and which keeps its folders');
-- nobody enters it, but an operator assumes it
SELECT is(act('a_platform', $$SELECT cloud.set_account_status('active')$$), '28000', 'its people are kept out');
SELECT dblink_exec(connection('operator'), 'BEGIN; SET LOCAL ROLE schema_payloads_platform');
SELECT v FROM dblink('operator', 'SELECT primecloud.assume(''00000000-0000-7000-8000-00000000000a'', ''paid'')::text') AS t(v text);
SELECT v FROM dblink('operator', 'SELECT cloud.set_account_status(''active'')::text') AS t(v text);
SELECT dblink_exec('operator', 'COMMIT'), come_by();
SELECT is((SELECT count(DISTINCT object) FROM cloud.outbox WHERE operation = 'update_service_account' AND payload ->> 'newStatus' = 'on'),
    (SELECT count(*) FROM cloud.access_keys WHERE status = 'active'), 'active: each key is on');
SELECT is(told('put_user') #>> '{user,status}', '1', 'and the login');
-- An update without a policy takes the key's policy away.  Every command that touches keys has its turn; each order carries what the key's
-- permissions mean.
SELECT act('a_dev', format('SELECT access_key_id FROM cloud.rotate_access_key(%L, ''1 hour'')', id)) FROM cloud.access_keys WHERE name = 'k'
    AND permissions = 'read';
SELECT act('a_dev', format('SELECT access_key_id FROM cloud.rotate_access_key(%L, ''0'')', id)) FROM cloud.access_keys WHERE name = 'k'
    AND permissions = 'write';
SELECT act('a_platform', format('SELECT cloud.set_account_status(%L)', 'rejected')), come_by();
SELECT dblink_exec('operator', 'BEGIN; SET LOCAL ROLE schema_payloads_platform');
SELECT v FROM dblink('operator', 'SELECT primecloud.assume(''00000000-0000-7000-8000-00000000000a'', ''again'')::text') AS t(v text);
SELECT v FROM dblink('operator', 'SELECT cloud.set_account_status(''active'')::text') AS t(v text);
SELECT dblink_exec('operator', 'COMMIT'), come_by();
SELECT cmp_ok((SELECT count(DISTINCT payload ->> 'accessKey') FROM cloud.outbox WHERE operation = 'update_service_account'), '>=',
    5::bigint, 'orders that change keys: off and on, twice');
SELECT is_empty($$SELECT o.payload FROM cloud.outbox o JOIN cloud.access_keys k ON k.access_key_id = o.payload ->> 'accessKey'
    JOIN policies p ON p.p = k.permissions
    WHERE o.operation = 'update_service_account' AND o.payload -> 'newPolicy' IS DISTINCT FROM p.policy$$,
        'each with the whole policy of the key''s permissions');
SELECT throws_ok(format($$INSERT INTO cloud.outbox (account_id, service, object, operation, payload) SELECT account_id, service, object,
    operation, %s FROM cloud.outbox
    WHERE operation = 'update_service_account' LIMIT 1$$, without), '23514', NULL, 'and no other is taken: ' || without)
FROM (VALUES ('payload - ''newPolicy'''), ('jsonb_set(payload, ''{newPolicy}'', ''null'')'),
    ('jsonb_set(payload, ''{newPolicy}'', ''""'')'), ('jsonb_set(payload, ''{newPolicy}'', ''{}'')')) AS t(without);

-- a mail: a template's name and what it needs, by reference
DELETE FROM cloud.notification_marks;
SELECT act('a_admin', $$SELECT cloud.notify('account_activated', 'Hello', 'There')$$);
SELECT is(told('account_activated') - 'notification',
    '{"template": "account_activated", "account": "00000000-0000-7000-8000-00000000000a", "title": "Hello", "message": "There", '
    '"metadata": {},
    "to": {"function": "mail_recipients", "account": "00000000-0000-7000-8000-00000000000a", "audience": "admins"},
    "from": {"function": "mail_sender", "account": "00000000-0000-7000-8000-00000000000a"},
    "password": {"secret": "account_smtp_secrets.password", "id": "00000000-0000-7000-8000-00000000000a"}}'::jsonb, 'a mail');
-- a worker finds what each reference means, and enters no account for it
SELECT act('a_admin', $$SELECT cloud.set_smtp('m.example.com', 'mailer', 'correct horse', 'me@example.com')$$),
    act('a_admin', $$UPDATE cloud.accounts SET branding_name = 'Brand'$$);
SELECT is(act('worker', format('SELECT s.branding_name || '' '' || s.host || '' '' || s.username || '' '' || s.from_email || '' '' || '
    's.encryption FROM cloud.%I(%L) s', told('account_activated') #>> '{from,function}', told('account_activated') #>> '{from,account}')),
    'Brand m.example.com mailer me@example.com tls', 'the branding and the server of a mail');
SELECT act('a_admin', $$SELECT cloud.set_smtp('m.example.com', 'mailer', NULL, 'me@example.com', enabled => false)$$);
SELECT is(act('worker', $$SELECT s.branding_name || ' ' || coalesce(s.host, 'of the platform')
    FROM cloud.mail_sender('00000000-0000-7000-8000-00000000000a') s$$), 'Brand of the platform', 'a server that is off is none');
SELECT is(act('worker', format('SELECT count(*) FROM cloud.mail_sender(%L)', gen_random_uuid())), '0',
    'nothing of an account that is gone');
SELECT is(act('worker', format('SELECT string_agg(r.email, '','' ORDER BY r.email) FROM cloud.%I(%L, %L) r',
    told('account_activated') #>> '{to,function}', told('account_activated') #>> '{to,account}',
    told('account_activated') #>> '{to,audience}')), 'a_admin@example.com,a_owner@example.com', 'and whom it is for');
SELECT is(act('worker', 'SELECT count(*) FROM cloud.' || rel), '42501', 'none of which he reads in ' || rel)
    FROM unnest(ARRAY['access_key_secrets', 'sftp_secrets', 'account_smtp_secrets', 'account_smtp', 'accounts', 'outbox']) AS rel;

-- each operation that the schema has is one that this test, and docs/operations.md, know
SELECT is_empty($$SELECT DISTINCT operation FROM cloud.outbox WHERE service <> 'mail'
    AND operation NOT IN ('create_bucket', 'delete_bucket', 'set_versioning', 'set_lifecycle', 'remove_lifecycle', 'set_bucket_quota',
    'add_service_account', 'update_service_account', 'delete_service_account', 'put_user', 'disable_user', 'delete_user', 'settle')$$,
        'no other operations');
SELECT is_empty($$SELECT operation FROM cloud.outbox WHERE operation = 'settle' AND claim_token IS NOT NULL$$, '(settle is no worker''s)');
-- written in the transaction that decided it: what is refused or rolled back is not ordered
SELECT count(*) AS ordered FROM cloud.outbox \gset
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$), act('a_ext', $$SELECT cloud.create_bucket('x-bucket')$$),
    act('a_dev', $$SELECT 1 / 0 FROM cloud.create_bucket('y-bucket')$$);
SELECT is((SELECT count(*) FROM cloud.outbox), :ordered::bigint, 'what was not done was not ordered');
SELECT finish();
