-- An account's own mail server.

CREATE TABLE @schema@.account_smtp (
    account_id uuid NOT NULL,  --: @public @notNull the account
    is_enabled boolean NOT NULL DEFAULT false,  --: @public @notNull whether mail goes out through this server
    host text NOT NULL,  --: @public @notNull the server's name
    port integer NOT NULL DEFAULT 587,  --: @public @notNull TCP port
    username text NOT NULL,  --: @pii @notNull login
    from_email text NOT NULL,  --: @pii @notNull sender's address
    from_name text NOT NULL,  --: @public @notNull sender's name
    encryption text NOT NULL DEFAULT 'tls',  --: @public @notNull none, ssl or tls
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT account_smtp_pk PRIMARY KEY (account_id),
    CONSTRAINT account_smtp_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_smtp_port_valid CHECK (port BETWEEN 1 AND 65535),
    CONSTRAINT account_smtp_encryption_known CHECK (encryption IN ('none', 'ssl', 'tls')),
    CONSTRAINT account_smtp_host_shape CHECK (host ~ '^[A-Za-z0-9][A-Za-z0-9.:-]*$' AND octet_length(host) <= 253),
    CONSTRAINT account_smtp_host_public CHECK (@schema@.is_public_host(host)),
    CONSTRAINT account_smtp_from_shape CHECK (from_email ~ '^[^@[:space:]<>]+@[^@[:space:]<>]+$' AND octet_length(from_email) <= 254),
    CONSTRAINT account_smtp_one_line CHECK (from_name !~ '[[:cntrl:]]' AND char_length(from_name) <= 200 AND username !~ '[[:cntrl:]]'
        AND char_length(username) <= 254)
);
COMMENT ON TABLE @schema@.account_smtp IS 'the mail server of an account; its password is sealed in account_smtp_secrets';
SELECT primecloud.protect_table('@schema@.account_smtp', read_role => 'admin', write_role => 'admin', delete_role => 'admin');
GRANT SELECT ON @schema@.account_smtp TO @app@, @gate@;

CREATE TABLE @schema@.account_smtp_secrets (
    account_id uuid NOT NULL,  --: @public the account
    password primecloud.sealed NOT NULL,  --: @secret password of the mail server
    CONSTRAINT account_smtp_secrets_pk PRIMARY KEY (account_id),
    CONSTRAINT account_smtp_secrets_smtp_fk FOREIGN KEY (account_id) REFERENCES @schema@.account_smtp (account_id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.account_smtp_secrets IS 'private: no client role has a grant';
SELECT primecloud.protect_table('@schema@.account_smtp_secrets', read_role => 'admin', write_role => 'admin', delete_role => 'admin');
SELECT primecloud.seal_column('@schema@.account_smtp_secrets', 'password', '@schema@.account_smtp_secrets.password', 'account_id');
GRANT SELECT ON @schema@.account_smtp_secrets TO @gate@;
