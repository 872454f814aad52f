-- Who is in an account, in what role.

CREATE TABLE @schema@.account_members (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    user_id uuid NOT NULL,  --: @public @notNull the person
    account_id uuid NOT NULL,  --: @public @notNull the account
    role text NOT NULL,  --: @public @notNull owner, admin, developer or external_client
    email text NOT NULL,  --: @pii @notNull copy of users.email, kept equal by the foreign key
    display_name text NOT NULL,  --: @pii @notNull copy of users.display_name, kept equal by the foreign key
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when the person joined
    CONSTRAINT account_members_pk PRIMARY KEY (account_id, id),
    CONSTRAINT account_members_user_unique UNIQUE (account_id, user_id),
    CONSTRAINT account_members_role_unique UNIQUE (account_id, user_id, role),
    CONSTRAINT account_members_role_known CHECK (role IN ('owner', 'admin', 'developer', 'external_client')),
    CONSTRAINT account_members_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_members_user_fk FOREIGN KEY (user_id, email, display_name)
        REFERENCES @schema@.users (id, email, display_name) ON UPDATE CASCADE ON DELETE RESTRICT
);
COMMENT ON TABLE @schema@.account_members IS 'who belongs to an account, in what role; the only place where an account sees people';
CREATE INDEX account_members_list_idx ON @schema@.account_members (account_id, created_at DESC, id DESC);
-- of a person: the accounts to switch between, and the profile's foreign key
CREATE INDEX account_members_user_idx ON @schema@.account_members (user_id, email, display_name);
SELECT primecloud.protect_table('@schema@.account_members', read_role => 'developer', write_role => 'admin', delete_role => 'developer',
    role_column => 'role');
GRANT SELECT ON @schema@.account_members TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.account_members TO @gate@;
GRANT UPDATE (email, display_name) ON @schema@.account_members TO @gate@;

-- While the account stands its owner is a member in the role of owner, whoever
-- removes or demotes the member and however many do so at once.  A table of its
-- own says so: a foreign key from accounts would close a circle with the members',
-- and TypeScript infers no types that go round in one.  (Asked at commit, and not ON
-- UPDATE CASCADE, which no key that has the account may have on Citus.)
CREATE TABLE @schema@.account_owners (
    user_id uuid NOT NULL,  --: @public @notNull copy of accounts.owner_user_id: equal at commit, by the foreign key
    account_id uuid NOT NULL,  --: @public @notNull the account
    owner_role text NOT NULL GENERATED ALWAYS AS ('owner') STORED,  --: @public @notNull @omit constant of the foreign key to the member
    CONSTRAINT account_owners_pk PRIMARY KEY (account_id),
    CONSTRAINT account_owners_account_fk FOREIGN KEY (account_id, user_id)
        REFERENCES @schema@.accounts (id, owner_user_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT account_owners_member_fk FOREIGN KEY (account_id, user_id, owner_role)
        REFERENCES @schema@.account_members (account_id, user_id, role) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE @schema@.account_owners
    IS 'private: keeps each account''s owner among its members; written with the account, and by transfer_ownership';
SELECT primecloud.protect_table('@schema@.account_owners', read_role => 'owner', write_role => 'owner', delete_role => 'owner');
GRANT INSERT ON @schema@.account_owners TO @gate@;
