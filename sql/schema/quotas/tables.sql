-- Requests for more room.

CREATE TABLE @schema@.quota_requests (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    account_id uuid NOT NULL,  --: @public @notNull the account
    current_quota_bytes bigint NOT NULL,  --: @public @notNull quota when it was asked for
    requested_quota_bytes bigint NOT NULL,  --: @public @notNull quota asked for
    reason text NOT NULL,  --: @public @notNull why
    status text NOT NULL DEFAULT 'pending',  --: @public @notNull pending, approved or rejected
    requested_by text,  --: @public who asked
    reviewed_by text,  --: @public who decided
    review_note text,  --: @public what was said to it
    reviewed_at timestamptz,  --: @public when it was decided
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was asked for
    CONSTRAINT quota_requests_pk PRIMARY KEY (account_id, id),
    CONSTRAINT quota_requests_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT quota_requests_quota_safe CHECK (requested_quota_bytes BETWEEN 1 AND 9007199254740991),
    CONSTRAINT quota_requests_status_known CHECK (status IN ('pending', 'approved', 'rejected')),
    CONSTRAINT quota_requests_reviewed_when CHECK ((status = 'pending') = (reviewed_at IS NULL)),
    CONSTRAINT quota_requests_reason_short CHECK (char_length(reason) <= 2000),
    CONSTRAINT quota_requests_note_short CHECK (char_length(review_note) <= 2000)
);
COMMENT ON TABLE @schema@.quota_requests IS 'requests for more storage, one of them pending at most; decided by the platform';
CREATE UNIQUE INDEX quota_requests_one_pending ON @schema@.quota_requests (account_id) WHERE status = 'pending';
CREATE INDEX quota_requests_list_idx ON @schema@.quota_requests (account_id, created_at DESC, id DESC);
CREATE INDEX quota_requests_pending_idx ON @schema@.quota_requests (created_at, id) WHERE status = 'pending';
SELECT primecloud.protect_table('@schema@.quota_requests', read_role => 'developer', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.quota_requests TO @app@, @platform@, @gate@;
