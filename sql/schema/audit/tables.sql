-- Who did what.

CREATE TABLE @schema@.audit_log (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    account_id uuid NOT NULL,  --: @public @notNull the account; kept when the account is gone
    user_id text,  --: @public who did it; a database role where no user is known
    role text,  --: @public in what role
    action text NOT NULL,  --: @public @notNull command that was run
    resource text NOT NULL,  --: @public @notNull table it changed
    resource_id text,  --: @public row it changed
    details jsonb NOT NULL DEFAULT '{}',  --: @public @notNull what changed; never a secret
    severity text NOT NULL DEFAULT 'info',  --: @public @notNull info, warning, error or critical
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when
    CONSTRAINT audit_log_pk PRIMARY KEY (account_id, id),
    CONSTRAINT audit_log_action_plain CHECK (action ~ '^[a-z][a-z_]{0,62}$'),
    CONSTRAINT audit_log_severity_known CHECK (severity IN ('info', 'warning', 'error', 'critical')),
    CONSTRAINT audit_log_details_short CHECK (octet_length(details::text) <= 65000)
);
COMMENT ON TABLE @schema@.audit_log IS 'what was done, by whom; append-only, read by owners and admins, outlives the account';
CREATE INDEX audit_log_list_idx ON @schema@.audit_log (account_id, created_at DESC, id DESC);
CREATE INDEX audit_log_action_idx ON @schema@.audit_log (account_id, action, created_at DESC, id DESC);
CREATE INDEX audit_log_user_idx ON @schema@.audit_log (account_id, user_id, created_at DESC, id DESC);
CREATE INDEX audit_log_time_idx ON @schema@.audit_log USING brin (created_at);
SELECT primecloud.protect_table('@schema@.audit_log', read_role => 'admin', write_role => 'external_client', delete_role => 'owner');
GRANT SELECT ON @schema@.audit_log TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.audit_log TO @gate@;
GRANT DELETE ON @schema@.audit_log TO @gate@;
