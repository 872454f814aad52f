-- The table that entering asks: who is a member, with which role, of an account in
-- which state, and what a confined user was granted.

-- Names as text, resolved at each use: a dump restores them whatever comes first.
CREATE TABLE primecloud_internal.membership_source (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    relation_schema text NOT NULL,
    relation_name text NOT NULL,
    relation_owner text NOT NULL,
    tenant_column text NOT NULL,
    user_column text NOT NULL,
    role_column text NOT NULL,
    accounts_schema text,
    accounts_name text,
    accounts_key_column text,
    accounts_status_column text,
    accounts_active_status text,
    grants_schema text,
    grants_name text,
    grants_tenant_column text,
    grants_user_column text,
    grants_id_column text,
    grants_member_column text,
    watched boolean NOT NULL DEFAULT false);
COMMENT ON COLUMN primecloud_internal.membership_source.watched
    IS 'whether statement triggers tell every session of changes: register_membership(..., watch => true)';
COMMENT ON COLUMN primecloud_internal.membership_source.grants_member_column
    IS 'the column of members that grants_user_column refers to; NULL: it has the user';
COMMENT ON TABLE primecloud_internal.membership_source IS 'the tables that entering an account asks, registered by register_membership()';
REVOKE ALL ON primecloud_internal.membership_source FROM PUBLIC;
