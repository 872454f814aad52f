-- When registrations are looked after: before and after each command that could change their objects, in sessions with
-- session_replication_role = replica too.

CREATE FUNCTION primecloud_internal.follow_objects() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'primecloud_follow';
COMMENT ON FUNCTION primecloud_internal.follow_objects() IS 'event trigger: brings registrations to where their objects are';
REVOKE ALL ON FUNCTION primecloud_internal.follow_objects() FROM PUBLIC;

-- (Nothing is looked at before a table is made: it changes none, and what is looked at after it refuses nothing.)
CREATE EVENT TRIGGER primecloud_follow_start ON ddl_command_start WHEN TAG IN ('ALTER TABLE', 'ALTER SCHEMA', 'ALTER INDEX',
    'ALTER SEQUENCE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER EXTENSION',
    'DROP TABLE', 'DROP SCHEMA', 'DROP OWNED', 'DROP EXTENSION', 'DROP TYPE', 'DROP DOMAIN',
    'DROP FOREIGN TABLE', 'DROP SERVER', 'DROP FOREIGN DATA WRAPPER', 'DROP ACCESS METHOD', 'DROP COLLATION', 'DROP OPERATOR CLASS',
    'DROP OPERATOR FAMILY', 'DROP FUNCTION', 'DROP PROCEDURE', 'DROP ROUTINE', 'DROP LANGUAGE')
    EXECUTE FUNCTION primecloud_internal.follow_objects();
COMMENT ON EVENT TRIGGER primecloud_follow_start IS 'writes down what changed unseen, before a command changes more';
-- (ALTER INDEX renames tables, too.)
CREATE EVENT TRIGGER primecloud_follow_end ON ddl_command_end WHEN TAG IN ('ALTER TABLE', 'ALTER SCHEMA', 'ALTER INDEX', 'ALTER SEQUENCE',
    'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER EXTENSION', 'CREATE TABLE', 'CREATE SCHEMA',
    'CREATE FOREIGN TABLE')
    EXECUTE FUNCTION primecloud_internal.follow_objects();
COMMENT ON EVENT TRIGGER primecloud_follow_end IS 'brings registrations to where a command has moved their objects';
CREATE EVENT TRIGGER primecloud_follow_drops ON sql_drop EXECUTE FUNCTION primecloud_internal.follow_objects();
COMMENT ON EVENT TRIGGER primecloud_follow_drops IS 'ends the registrations of what is dropped, unless it is held';
CREATE EVENT TRIGGER primecloud_follow_rewrite ON table_rewrite EXECUTE FUNCTION primecloud_internal.follow_objects();
COMMENT ON EVENT TRIGGER primecloud_follow_rewrite IS 'refuses another type of what is sealed before a row is written in it';
ALTER EVENT TRIGGER primecloud_follow_rewrite ENABLE ALWAYS;
ALTER EVENT TRIGGER primecloud_follow_start ENABLE ALWAYS;
ALTER EVENT TRIGGER primecloud_follow_end ENABLE ALWAYS;
ALTER EVENT TRIGGER primecloud_follow_drops ENABLE ALWAYS;
