-- Tags on objects, and links that open one object.

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
SELECT primecloud.protect_table('@schema@.object_tags', read_role => 'external_client', write_role => 'external_client',
    delete_role => 'external_client');
SELECT primecloud.confine_table('@schema@.object_tags', 'bucket_id');
GRANT SELECT ON @schema@.object_tags TO @app@, @gate@;

CREATE TABLE @schema@.object_shares (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    account_id uuid NOT NULL,  --: @public @notNull the account
    object_key text NOT NULL,  --: @public @notNull the object
    access text NOT NULL DEFAULT 'read',  --: @public @notNull read or download
    expires_at timestamptz NOT NULL,  --: @public @notNull when the link stops working
    opened_count bigint NOT NULL DEFAULT 0,  --: @public @notNull how often it was opened; added to by run_maintenance
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
SELECT primecloud.protect_table('@schema@.object_shares', read_role => 'external_client', write_role => 'external_client',
    delete_role => 'external_client');
SELECT primecloud.confine_table('@schema@.object_shares', 'bucket_id');
GRANT SELECT ON @schema@.object_shares TO @app@, @gate@;
GRANT UPDATE (opened_count) ON @schema@.object_shares TO @gate@;
GRANT DELETE ON @schema@.object_shares TO @gate@;

-- Counted apart, without a foreign key: whoever leaves a transaction open in which he opened a link locks nothing of it.
CREATE TABLE @schema@.object_share_openings (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public identifier
    share_id uuid NOT NULL,  --: @public the share, which may be gone
    account_id uuid NOT NULL,  --: @public the account
    CONSTRAINT object_share_openings_pk PRIMARY KEY (account_id, id)
);
COMMENT ON TABLE @schema@.object_share_openings IS 'private: openings of links that run_maintenance has not counted yet';
SELECT primecloud.protect_table('@schema@.object_share_openings', read_role => 'owner', write_role => 'owner', delete_role => 'owner');
GRANT SELECT ON @schema@.object_share_openings TO @gate@;
GRANT INSERT ON @schema@.object_share_openings TO @gate@;
GRANT UPDATE (share_id) ON @schema@.object_share_openings TO @gate@;
GRANT DELETE ON @schema@.object_share_openings TO @gate@;

CREATE TABLE @schema@.object_share_tokens (
    id uuid NOT NULL,  --: @public the share
    account_id uuid NOT NULL,  --: @public the account
    token_hash bytea NOT NULL,  --: @token keyed hash of the link's token
    shared_with_email text,  --: @pii whom it was meant for
    CONSTRAINT object_share_tokens_pk PRIMARY KEY (account_id, id),
    CONSTRAINT object_share_tokens_hash_unique UNIQUE (token_hash),
    CONSTRAINT object_share_tokens_share_fk FOREIGN KEY (account_id, id) REFERENCES @schema@.object_shares (account_id, id)
        ON DELETE CASCADE,
    CONSTRAINT object_share_tokens_email_shape CHECK (shared_with_email ~ '^[^@[:space:]]+@[^@[:space:]]+$'
        AND octet_length(shared_with_email) <= 254)
);
COMMENT ON TABLE @schema@.object_share_tokens IS 'private: no client role has a grant';
DISTRIBUTED KEY object_share_tokens_hash_unique ON @schema@.object_share_tokens (token_hash, account_id);
SELECT primecloud.protect_table('@schema@.object_share_tokens', read_role => 'external_client', write_role => 'external_client',
    delete_role => 'external_client');
GRANT SELECT ON @schema@.object_share_tokens TO @gate@;
