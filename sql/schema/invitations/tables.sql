-- Invitations into an account; the token stands as a hash, apart.

CREATE TABLE @schema@.invitations (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    account_id uuid NOT NULL,  --: @public @notNull the account
    email text NOT NULL,  --: @pii @notNull whom it is for, lower case
    role text NOT NULL,  --: @public @notNull admin, developer or external_client
    invited_by text NOT NULL,  --: @public @notNull the user who invited
    expires_at timestamptz NOT NULL,  --: @public @notNull when it stops working
    accepted_at timestamptz,  --: @public when it was accepted
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was sent
    CONSTRAINT invitations_pk PRIMARY KEY (account_id, id),
    CONSTRAINT invitations_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT invitations_email_canonical CHECK (email = lower(email COLLATE "C") AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'
        AND octet_length(email) <= 254),
    CONSTRAINT invitations_role_known CHECK (role IN ('admin', 'developer', 'external_client'))
);
COMMENT ON TABLE @schema@.invitations IS 'invitations by e-mail; the token is kept as a hash, in invitation_tokens';
CREATE UNIQUE INDEX invitations_one_open ON @schema@.invitations (account_id, email) WHERE accepted_at IS NULL;
CREATE INDEX invitations_list_idx ON @schema@.invitations (account_id, created_at DESC, id DESC);
CREATE INDEX invitations_due_idx ON @schema@.invitations (expires_at) WHERE accepted_at IS NULL;
SELECT primecloud.protect_table('@schema@.invitations', read_role => 'admin', write_role => 'admin', delete_role => 'admin');
GRANT SELECT ON @schema@.invitations TO @app@, @gate@;
GRANT UPDATE (accepted_at) ON @schema@.invitations TO @gate@;
GRANT DELETE ON @schema@.invitations TO @gate@;

CREATE TABLE @schema@.invitation_tokens (
    id uuid NOT NULL,  --: @public the invitation
    account_id uuid NOT NULL,  --: @public the account
    token_hash bytea NOT NULL,  --: @token keyed hash of the invitation's token
    CONSTRAINT invitation_tokens_pk PRIMARY KEY (account_id, id),
    CONSTRAINT invitation_tokens_hash_unique UNIQUE (token_hash),
    CONSTRAINT invitation_tokens_invitation_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.invitations (account_id, id)
        ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.invitation_tokens IS 'private: no client role has a grant';
-- (The server draws a token, and nobody chooses one: no two accounts have the same.)
DISTRIBUTED KEY invitation_tokens_hash_unique ON @schema@.invitation_tokens (token_hash, account_id);
SELECT primecloud.protect_table('@schema@.invitation_tokens', read_role => 'admin', write_role => 'admin', delete_role => 'admin');
GRANT SELECT ON @schema@.invitation_tokens TO @gate@;
