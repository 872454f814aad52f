-- SFTP logins; a password stands as a hash, sealed and apart.

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
DISTRIBUTED KEY sftp_credentials_username_unique ON @schema@.sftp_credentials (username, account_id);
DISTRIBUTED CLAIM sftp_credentials_username_unique ON @schema@.sftp_credentials (username, account_id);
CREATE UNIQUE INDEX sftp_credentials_one_live ON @schema@.sftp_credentials (account_id) WHERE status = 'active';
SELECT primecloud.protect_table('@schema@.sftp_credentials', read_role => 'developer', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.sftp_credentials TO @app@, @gate@;
GRANT UPDATE (last_login_at) ON @schema@.sftp_credentials TO @gate@;

CREATE TABLE @schema@.sftp_secrets (
    id uuid NOT NULL,  --: @public the login
    account_id uuid NOT NULL,  --: @public the account
    password_hash primecloud.sealed NOT NULL,  --: @secret argon2id hash of the password
    CONSTRAINT sftp_secrets_pk PRIMARY KEY (account_id, id),
    CONSTRAINT sftp_secrets_credential_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.sftp_credentials (account_id, id)
        ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.sftp_secrets IS 'private: no client role has a grant';
SELECT primecloud.protect_table('@schema@.sftp_secrets', read_role => 'admin', write_role => 'admin', delete_role => 'admin');
SELECT primecloud.seal_column('@schema@.sftp_secrets', 'password_hash', '@schema@.sftp_secrets.password_hash', 'id');
GRANT SELECT ON @schema@.sftp_secrets TO @gate@;
