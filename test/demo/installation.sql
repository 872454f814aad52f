-- Both acts end with a look at what stands around the extension: nothing may be missing.
\echo
\echo :heading'Is the installation as it should be?':plain
\set ECHO queries
SELECT state, count(*) FROM primecloud.check_installation() GROUP BY state ORDER BY state;
\set ECHO none
SELECT count(*) = 0 AS whole FROM primecloud.check_installation() WHERE state = 'missing' \gset
\if :whole
\else
  SELECT what, fix FROM primecloud.check_installation() WHERE state = 'missing';
  SELECT 1 / 0 AS demo_failed;
\endif
\echo :sentence'Nothing is missing. A risk is what PostgreSQL leaves open by itself; each comes with the statement that closes it.':plain
