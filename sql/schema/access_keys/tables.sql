-- S3 access keys; a secret stands sealed, apart.

CREATE TABLE @schema@.access_keys (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    rotated_from_id uuid,  --: @public the key this one replaces
    account_id uuid NOT NULL,  --: @public @notNull the account
    name text NOT NULL,  --: @public @notNull what it is for
    access_key_id text NOT NULL,  --: @public @notNull the public half: 20 characters
    permissions text NOT NULL DEFAULT 'read-write',  --: @public @notNull read, write or read-write
    status text NOT NULL DEFAULT 'active',  --: @public @notNull active or revoked
    expires_at timestamptz,  --: @public when it stops working
    last_used_at timestamptz,  --: @public when it was last used
    revoked_at timestamptz,  --: @public when it was revoked
    created_by text,  --: @public the user who made it
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was made
    CONSTRAINT access_keys_pk PRIMARY KEY (account_id, id),
    CONSTRAINT access_keys_id_unique UNIQUE (access_key_id),
    CONSTRAINT access_keys_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT access_keys_rotation_fk FOREIGN KEY (account_id, rotated_from_id) REFERENCES @schema@.access_keys (account_id, id)
        ON DELETE NO ACTION,
    CONSTRAINT access_keys_name_short CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT access_keys_id_shape CHECK (access_key_id ~ '^[A-Z0-9]{20}$'),
    CONSTRAINT access_keys_permissions_known CHECK (permissions IN ('read', 'write', 'read-write')),
    CONSTRAINT access_keys_status_known CHECK (status IN ('active', 'revoked')),
    CONSTRAINT access_keys_revoked_when CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);
COMMENT ON TABLE @schema@.access_keys IS 'S3 access keys; the secret half is sealed in access_key_secrets and shown once, when it is made';
DISTRIBUTED KEY access_keys_id_unique ON @schema@.access_keys (access_key_id, account_id);
DISTRIBUTED CLAIM access_keys_id_unique ON @schema@.access_keys (access_key_id, account_id);
CREATE INDEX access_keys_list_idx ON @schema@.access_keys (account_id, created_at DESC, id DESC);
CREATE INDEX access_keys_rotation_idx ON @schema@.access_keys (account_id, rotated_from_id) WHERE rotated_from_id IS NOT NULL;
CREATE INDEX access_keys_due_idx ON @schema@.access_keys (expires_at) WHERE status = 'active' AND expires_at IS NOT NULL;
SELECT primecloud.protect_table('@schema@.access_keys', read_role => 'developer', write_role => 'developer', delete_role => 'owner');
GRANT SELECT ON @schema@.access_keys TO @app@, @gate@;
GRANT UPDATE (status, revoked_at, last_used_at) ON @schema@.access_keys TO @gate@;

CREATE TABLE @schema@.access_key_secrets (
    id uuid NOT NULL,  --: @public the key
    account_id uuid NOT NULL,  --: @public the account
    secret primecloud.sealed NOT NULL,  --: @secret the secret half
    CONSTRAINT access_key_secrets_pk PRIMARY KEY (account_id, id),
    CONSTRAINT access_key_secrets_key_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.access_keys (account_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.access_key_secrets IS 'private: no client role has a grant; a revoked key has no row here';
SELECT primecloud.protect_table('@schema@.access_key_secrets', read_role => 'developer', write_role => 'developer',
    delete_role => 'developer');
SELECT primecloud.seal_column('@schema@.access_key_secrets', 'secret', '@schema@.access_key_secrets.secret', 'id');
GRANT SELECT ON @schema@.access_key_secrets TO @gate@;
GRANT DELETE ON @schema@.access_key_secrets TO @gate@;
