-- What the services are to do, written in the transaction that decided it.

CREATE TABLE @schema@.outbox (
    sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,  --: @public order in which a service must follow, for one object
    account_id uuid NOT NULL,  --: @public the account; kept when the account is gone
    service text NOT NULL,  --: @public minio, sftpgo or mail
    object text NOT NULL,  --: @public what it is about: bucket:NAME, key:ID, user:NAME, mail:ID, account:ID
    operation text NOT NULL,  --: @public what to do
    payload jsonb NOT NULL,  --: @public the request's body; holds references to secrets, never one
    status text NOT NULL DEFAULT 'pending',  --: @public pending, done or dead
    attempts integer NOT NULL DEFAULT 0,  --: @public how often it was claimed
    available_at timestamptz NOT NULL DEFAULT now(),  --: @public not to be claimed before
    claimed_by text,  --: @public worker that claimed it
    claim_token uuid,  --: @public mark of the claim: a late acknowledgement of an older one does nothing
    lapsed uuid[] NOT NULL DEFAULT '{}',  --: @public claims whose lease ran out before their worker was heard of: it may be at it still
    last_error text,  --: @public what the worker said last
    finished_at timestamptz,  --: @public when it was done, or given up
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public when it was ordered
    -- led by the sequence: by that alone an order is looked for
    CONSTRAINT outbox_pk PRIMARY KEY (sequence, account_id),
    CONSTRAINT outbox_service_known CHECK (service IN ('minio', 'sftpgo', 'mail')),
    CONSTRAINT outbox_status_known CHECK (status IN ('pending', 'done', 'dead')),
    -- MinIO takes an update without a policy as one that takes the policy away: the key then has its parent's.
    CONSTRAINT outbox_update_has_policy CHECK (operation <> 'update_service_account' OR payload -> 'newPolicy' -> 'Statement' IS NOT NULL),
    CONSTRAINT outbox_finished_when CHECK ((status = 'pending') = (finished_at IS NULL))
);
COMMENT ON TABLE @schema@.outbox IS 'private: orders to MinIO, SFTPGo and the mail worker, claimed by their workers';
-- from account to account, and in each what has waited longest
CREATE INDEX outbox_claim_idx ON @schema@.outbox (service, uuid_hash(account_id), account_id, available_at, sequence)
    WHERE status = 'pending';
-- never overtaking an earlier order for the same object
CREATE INDEX outbox_object_idx ON @schema@.outbox (service, object, sequence) WHERE status <> 'done';
-- what takes access away from an object comes before all that waits for it: as order_ends says it
CREATE INDEX outbox_ends_idx ON @schema@.outbox (service, object, sequence) WHERE status = 'pending'
    AND (operation IN ('delete_service_account', 'delete_user', 'delete_bucket', 'disable_user')
        OR (operation = 'update_service_account' AND payload ->> 'newStatus' IS NOT DISTINCT FROM 'off'));
-- what is being carried out of an object, and what was given up
CREATE INDEX outbox_claimed_idx ON @schema@.outbox (service, object, sequence) WHERE status = 'pending' AND claim_token IS NOT NULL;
-- what was claimed too often, as lay_aside says it
CREATE INDEX outbox_spent_idx ON @schema@.outbox (service, sequence)
    WHERE status = 'pending' AND claim_token IS NOT NULL AND attempts >= 20;
CREATE INDEX outbox_dead_idx ON @schema@.outbox (service, object, sequence) WHERE status = 'dead';
CREATE INDEX outbox_settle_idx ON @schema@.outbox (service, sequence) WHERE status = 'pending' AND operation = 'settle';
CREATE INDEX outbox_account_idx ON @schema@.outbox (account_id, sequence);
CREATE INDEX outbox_finished_idx ON @schema@.outbox (finished_at) WHERE status = 'done';
SELECT primecloud.protect_table('@schema@.outbox', read_role => 'owner', write_role => 'external_client', delete_role => 'owner');
GRANT SELECT ON @schema@.outbox TO @gate@;
GRANT INSERT ON @schema@.outbox TO @gate@;
GRANT UPDATE ON @schema@.outbox TO @gate@;
GRANT DELETE ON @schema@.outbox TO @gate@;
