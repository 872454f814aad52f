-- Takes away what attack.sql made outside the database of the test.
\o /dev/null
SELECT count(harness.dblink_disconnect(c)) FROM unnest(harness.dblink_get_connections()) AS c;
DROP OWNED BY :app, :app_owner CASCADE;
DROP ROLE :app, :app_owner;
