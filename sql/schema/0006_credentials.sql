-- What opens a bucket: S3 access keys, SFTP logins, and their secret halves.

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
    CONSTRAINT access_keys_rotation_fk FOREIGN KEY (account_id, rotated_from_id) REFERENCES @schema@.access_keys (account_id, id) ON DELETE NO ACTION,
    CONSTRAINT access_keys_name_short CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT access_keys_id_shape CHECK (access_key_id ~ '^[A-Z0-9]{20}$'),
    CONSTRAINT access_keys_permissions_known CHECK (permissions IN ('read', 'write', 'read-write')),
    CONSTRAINT access_keys_status_known CHECK (status IN ('active', 'revoked')),
    CONSTRAINT access_keys_revoked_when CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);
COMMENT ON TABLE @schema@.access_keys IS 'S3 access keys; the secret half is sealed in access_key_secrets and shown once, when it is made';
CREATE INDEX access_keys_list_idx ON @schema@.access_keys (account_id, created_at DESC, id DESC);
CREATE INDEX access_keys_rotation_idx ON @schema@.access_keys (account_id, rotated_from_id) WHERE rotated_from_id IS NOT NULL;
CREATE INDEX access_keys_due_idx ON @schema@.access_keys (expires_at) WHERE status = 'active' AND expires_at IS NOT NULL;

CREATE TABLE @schema@.access_key_secrets (
    id uuid NOT NULL,  --: @public the key
    account_id uuid NOT NULL,  --: @public the account
    secret primecloud.sealed NOT NULL,  --: @secret the secret half
    CONSTRAINT access_key_secrets_pk PRIMARY KEY (account_id, id),
    CONSTRAINT access_key_secrets_key_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.access_keys (account_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.access_key_secrets IS 'private: no client role has a grant; a revoked key has no row here';

CREATE TABLE @schema@.sftp_credentials (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    account_id uuid NOT NULL,  --: @public @notNull the account
    username text NOT NULL,  --: @public @notNull login, unique
    status text NOT NULL DEFAULT 'active',  --: @public @notNull active or revoked
    last_login_at timestamptz,  --: @public when it was last used
    revoked_at timestamptz,  --: @public when it was revoked
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was made
    CONSTRAINT sftp_credentials_pk PRIMARY KEY (account_id, id),
    CONSTRAINT sftp_credentials_username_unique UNIQUE (username),
    CONSTRAINT sftp_credentials_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT sftp_credentials_username_plain CHECK (username ~ '^[a-z][a-z0-9_-]{2,62}$'),
    CONSTRAINT sftp_credentials_status_known CHECK (status IN ('active', 'revoked')),
    CONSTRAINT sftp_credentials_revoked_when CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);
COMMENT ON TABLE @schema@.sftp_credentials IS 'the SFTP login of an account, one of them live at most';
CREATE UNIQUE INDEX sftp_credentials_one_live ON @schema@.sftp_credentials (account_id) WHERE status = 'active';

CREATE TABLE @schema@.sftp_secrets (
    id uuid NOT NULL,  --: @public the login
    account_id uuid NOT NULL,  --: @public the account
    password_hash text NOT NULL,  --: @secret argon2id hash of the password
    CONSTRAINT sftp_secrets_pk PRIMARY KEY (account_id, id),
    CONSTRAINT sftp_secrets_credential_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.sftp_credentials (account_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.sftp_secrets IS 'private: no client role has a grant';
