-- People, whom the service that signs them in knows.

CREATE TABLE @schema@.users (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier; the sub claim of this person's tokens
    email text NOT NULL,  --: @pii @notNull address, lower case, unique
    display_name text NOT NULL,  --: @pii @notNull what others see
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when the person was registered
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when the profile last changed
    opened_on date NOT NULL DEFAULT '-infinity',  --: @public @omit day, in UTC, on which the person last opened an account
    opened integer NOT NULL DEFAULT 0,  --: @public @omit how many on that day, those that are gone again too
    CONSTRAINT users_pk PRIMARY KEY (id),
    CONSTRAINT users_email_unique UNIQUE (email),
    -- what account_members copies, kept equal by a foreign key ON UPDATE CASCADE
    CONSTRAINT users_profile_unique UNIQUE (id, email, display_name),
    CONSTRAINT users_email_canonical CHECK (email = lower(email COLLATE "C") AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'
        AND octet_length(email) <= 254),
    CONSTRAINT users_display_name_short CHECK (char_length(display_name) <= 200)
);
COMMENT ON TABLE @schema@.users IS 'people; no client role reads this table: a member of an account is seen through account_members';
GRANT SELECT ON @schema@.users TO @gate@;
GRANT INSERT ON @schema@.users TO @gate@;
GRANT UPDATE ON @schema@.users TO @gate@;
