-- Tags and links on single objects, and invitations into an account.

CREATE TABLE @schema@.object_tags (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    account_id uuid NOT NULL,  --: @public @notNull the account
    object_key text NOT NULL,  --: @public @notNull the object
    tag text NOT NULL,  --: @public @notNull the tag
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was put on
    CONSTRAINT object_tags_pk PRIMARY KEY (account_id, id),
    CONSTRAINT object_tags_unique UNIQUE (account_id, bucket_id, object_key, tag),
    CONSTRAINT object_tags_bucket_fk FOREIGN KEY (account_id, bucket_id) REFERENCES @schema@.buckets (account_id, id) ON DELETE CASCADE,
    CONSTRAINT object_tags_key_short CHECK (octet_length(object_key) BETWEEN 1 AND 1024),
    CONSTRAINT object_tags_tag_short CHECK (char_length(tag) BETWEEN 1 AND 128)
);
COMMENT ON TABLE @schema@.object_tags IS 'tags people put on objects';

CREATE TABLE @schema@.object_shares (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    account_id uuid NOT NULL,  --: @public @notNull the account
    object_key text NOT NULL,  --: @public @notNull the object
    access text NOT NULL DEFAULT 'read',  --: @public @notNull read or download
    expires_at timestamptz NOT NULL,  --: @public @notNull when the link stops working
    opened_count bigint NOT NULL DEFAULT 0,  --: @public @notNull how often open_share was called for it
    created_by text,  --: @public the user who shared it
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was shared
    CONSTRAINT object_shares_pk PRIMARY KEY (account_id, id),
    CONSTRAINT object_shares_bucket_fk FOREIGN KEY (account_id, bucket_id) REFERENCES @schema@.buckets (account_id, id) ON DELETE CASCADE,
    CONSTRAINT object_shares_key_short CHECK (octet_length(object_key) BETWEEN 1 AND 1024),
    CONSTRAINT object_shares_access_known CHECK (access IN ('read', 'download'))
);
COMMENT ON TABLE @schema@.object_shares IS 'links to single objects; the token is kept as a hash, in object_share_tokens';
CREATE INDEX object_shares_list_idx ON @schema@.object_shares (account_id, bucket_id, created_at DESC, id DESC);
CREATE INDEX object_shares_due_idx ON @schema@.object_shares (expires_at);

CREATE TABLE @schema@.object_share_tokens (
    id uuid NOT NULL,  --: @public the share
    account_id uuid NOT NULL,  --: @public the account
    token_hash bytea NOT NULL,  --: @token keyed hash of the link's token
    shared_with_email text,  --: @pii whom it was meant for
    CONSTRAINT object_share_tokens_pk PRIMARY KEY (account_id, id),
    CONSTRAINT object_share_tokens_hash_unique UNIQUE (token_hash),
    CONSTRAINT object_share_tokens_share_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.object_shares (account_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.object_share_tokens IS 'private: no client role has a grant';

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
    CONSTRAINT invitations_email_canonical CHECK (email = lower(email) AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(email) <= 254),
    CONSTRAINT invitations_role_known CHECK (role IN ('admin', 'developer', 'external_client'))
);
COMMENT ON TABLE @schema@.invitations IS 'invitations by e-mail; the token is kept as a hash, in invitation_tokens';
CREATE UNIQUE INDEX invitations_one_open ON @schema@.invitations (account_id, email) WHERE accepted_at IS NULL;
CREATE INDEX invitations_list_idx ON @schema@.invitations (account_id, created_at DESC, id DESC);
CREATE INDEX invitations_due_idx ON @schema@.invitations (expires_at) WHERE accepted_at IS NULL;

CREATE TABLE @schema@.invitation_tokens (
    id uuid NOT NULL,  --: @public the invitation
    account_id uuid NOT NULL,  --: @public the account
    token_hash bytea NOT NULL,  --: @token keyed hash of the invitation's token
    CONSTRAINT invitation_tokens_pk PRIMARY KEY (account_id, id),
    CONSTRAINT invitation_tokens_hash_unique UNIQUE (token_hash),
    CONSTRAINT invitation_tokens_invitation_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.invitations (account_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.invitation_tokens IS 'private: no client role has a grant';
