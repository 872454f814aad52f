-- Which migrations this schema has seen, and the roles that were let in.

COMMENT ON TABLE @schema@.schema_version IS 'the migrations applied to this schema; written by primecloud.create_schema and primecloud.migrate_schema alone';
COMMENT ON COLUMN @schema@.schema_version.version IS '@public number of the migration';
COMMENT ON COLUMN @schema@.schema_version.name IS '@public name of the migration';
COMMENT ON COLUMN @schema@.schema_version.extension_version IS '@public version of primecloud that applied it';
COMMENT ON COLUMN @schema@.schema_version.applied_at IS '@public when it was applied';

CREATE TABLE @schema@.schema_roles (
    role_name text NOT NULL,  --: @public name of a database role
    access text NOT NULL,  --: @public what it was let in as: app, gate, gateway, platform, worker or maintenance
    CONSTRAINT schema_roles_pk PRIMARY KEY (role_name, access),
    CONSTRAINT schema_roles_access_known CHECK (access IN ('app', 'gate', 'gateway', 'platform', 'worker', 'maintenance'))
);
COMMENT ON TABLE @schema@.schema_roles IS 'the roles given access by primecloud.grant_schema, so that a migration can give them what it adds';
