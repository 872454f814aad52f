-- What an account is told, and of what kinds.

CREATE TABLE @schema@.notification_types (
    type text NOT NULL,  --: @public @notNull name
    severity text NOT NULL,  --: @public @notNull info, warning or critical
    dedup_window interval,  --: @public how long one notification of this type keeps the next away; missing: never
    sends_mail boolean NOT NULL,  --: @public @notNull whether the mail worker is told
    audience text NOT NULL,  --: @public @notNull who gets the mail: admins (owners and admins) or billing (the billing address, or else
        --: they)
    description text NOT NULL,  --: @public @notNull when it is sent
    CONSTRAINT notification_types_pk PRIMARY KEY (type),
    CONSTRAINT notification_types_severity_known CHECK (severity IN ('info', 'warning', 'critical')),
    CONSTRAINT notification_types_audience_known CHECK (audience IN ('admins', 'billing'))
);
COMMENT ON TABLE @schema@.notification_types IS 'the notifications there are; reference data, shared by all accounts';
INSERT INTO @schema@.notification_types (type, severity, dedup_window, sends_mail, audience, description) VALUES
    ('quota_warning_80', 'warning', '1 hour', true, 'admins', 'storage has passed 80 % of the quota'),
    ('quota_critical_95', 'critical', '1 hour', true, 'admins', 'storage has passed 95 % of the quota'),
    ('quota_exceeded', 'critical', '1 hour', true, 'admins', 'storage has reached the quota'),
    ('invoice_generated', 'info', NULL, true, 'billing', 'an invoice was made'),
    ('payment_overdue', 'warning', NULL, true, 'billing', 'an invoice is past its due date'),
    ('payment_received', 'info', NULL, true, 'billing', 'an invoice was paid'),
    ('account_suspended', 'critical', '1 hour', true, 'admins', 'the account was suspended'),
    ('account_activated', 'info', '1 hour', true, 'admins', 'the account was activated'),
    ('welcome', 'info', NULL, true, 'admins', 'the account was opened'),
    ('approval_approved', 'info', '1 hour', true, 'admins', 'a quota request was approved'),
    ('approval_rejected', 'info', '1 hour', true, 'admins', 'a quota request was rejected'),
    ('member_invited', 'info', NULL, true, 'admins', 'a person was invited'),
    ('member_joined', 'info', NULL, false, 'admins', 'a person joined'),
    ('order_placed', 'info', NULL, false, 'admins', 'an order was placed'),
    ('order_changed', 'info', NULL, true, 'admins', 'an order went on to another state'),
    ('key_expired', 'warning', NULL, false, 'admins', 'an access key has expired'),
    ('subscription_ended', 'warning', NULL, true, 'billing', 'a subscription has ended'),
    ('trial_ended', 'info', NULL, true, 'billing', 'a trial has ended');
SELECT primecloud.share_table('@schema@.notification_types');
GRANT SELECT ON @schema@.notification_types TO @app@, @platform@, @gate@;

CREATE TABLE @schema@.notifications (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    account_id uuid NOT NULL,  --: @public @notNull the account
    type text NOT NULL,  --: @public @notNull what it is about
    title text NOT NULL,  --: @public @notNull headline
    message text NOT NULL,  --: @public @notNull text
    metadata jsonb NOT NULL DEFAULT '{}',  --: @public @notNull figures and identifiers for the screen
    read_at timestamptz,  --: @public when it was read; the one column a client may change
    is_read boolean NOT NULL GENERATED ALWAYS AS (read_at IS NOT NULL) STORED,  --: @public @notNull whether it was read
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was sent
    CONSTRAINT notifications_pk PRIMARY KEY (account_id, id),
    CONSTRAINT notifications_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT notifications_type_fk FOREIGN KEY (type) REFERENCES @schema@.notification_types (type) ON DELETE RESTRICT,
    CONSTRAINT notifications_title_short CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT notifications_message_short CHECK (char_length(message) <= 4000),
    CONSTRAINT notifications_title_one_line CHECK (title !~ '[[:cntrl:]]'),
    CONSTRAINT notifications_metadata_short CHECK (octet_length(metadata::text) <= 16000)
);
COMMENT ON TABLE @schema@.notifications IS 'what an account was told; written by notify alone, of which a client may change read_at alone';
CREATE INDEX notifications_list_idx ON @schema@.notifications (account_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread_idx ON @schema@.notifications (account_id, created_at DESC, id DESC) WHERE read_at IS NULL;
-- of a type: its foreign key, and the search for one just sent
CREATE INDEX notifications_type_idx ON @schema@.notifications (type, account_id, created_at DESC);
-- Retention reads by time alone; a block range index costs a writer next to nothing.
CREATE INDEX notifications_time_idx ON @schema@.notifications USING brin (created_at);
SELECT primecloud.protect_table('@schema@.notifications', read_role => 'developer', write_role => 'external_client',
    delete_role => 'owner');
GRANT SELECT ON @schema@.notifications TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.notifications TO @gate@;
GRANT UPDATE (read_at) ON @schema@.notifications TO @app@;
GRANT UPDATE (read_at) ON @schema@.notifications TO @gate@;
GRANT DELETE ON @schema@.notifications TO @gate@;

CREATE TABLE @schema@.notification_marks (
    account_id uuid NOT NULL,  --: @public the account
    type text NOT NULL,  --: @public type of notification
    sender text NOT NULL DEFAULT 'platform',  --: @public platform, or account for its own notify: neither waits for
        --: the other, nor silences it
    sent_at timestamptz NOT NULL,  --: @public when one was last sent; the row two senders meet at
    CONSTRAINT notification_marks_pk PRIMARY KEY (account_id, type, sender),
    CONSTRAINT notification_marks_sender_known CHECK (sender IN ('platform', 'account')),
    CONSTRAINT notification_marks_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.notification_marks IS 'private: when a notification of a type that is sent once an hour was last sent';
SELECT primecloud.protect_table('@schema@.notification_marks', read_role => 'external_client', write_role => 'external_client',
    delete_role => 'owner');
GRANT SELECT ON @schema@.notification_marks TO @gate@;
GRANT INSERT ON @schema@.notification_marks TO @gate@;
GRANT UPDATE ON @schema@.notification_marks TO @gate@;
