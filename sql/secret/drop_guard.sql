-- DROP EXTENSION would take sealed columns along without a word.
CREATE FUNCTION primecloud_internal.guard_drop() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'primecloud_guard_drop';
COMMENT ON FUNCTION primecloud_internal.guard_drop() IS 'refuses a DROP that would take the extension while a sealed column holds rows';
REVOKE ALL ON FUNCTION primecloud_internal.guard_drop() FROM PUBLIC;
CREATE EVENT TRIGGER primecloud_guard_drop ON ddl_command_start WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
    EXECUTE FUNCTION primecloud_internal.guard_drop();
COMMENT ON EVENT TRIGGER primecloud_guard_drop
    IS 'refuses a DROP that would take the extension while a sealed column holds rows; SET primecloud.allow_drop = on opens it';

