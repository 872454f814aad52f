-- Whoever works on other servers logs in there: a role of the test that cannot log in can from here on.
SELECT pg_catalog.format('ALTER ROLE %I LOGIN', rolname) FROM pg_catalog.pg_roles WHERE NOT rolcanlogin AND rolname !~ '^pg_'
\gexec
