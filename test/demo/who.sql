-- Who sends the next statement: the role that the server knows, and where it stands, by
-- the expression that the story has in :standing.
SELECT format('[%s%s, %s]', current_user, CASE WHEN rolsuper THEN ' (superuser)' ELSE '' END, :standing) AS who
FROM pg_catalog.pg_roles WHERE rolname = current_user \gset
\echo
\echo :sender:who:plain
