# Is the installation as it should be?
\connect - postgres
SELECT state, count(*) FROM primecloud.check_installation() GROUP BY state ORDER BY state;
--(
SELECT count(*) = 0 AS whole FROM primecloud.check_installation() WHERE state = 'missing' \gset
\if :whole
\else
  SELECT what, fix FROM primecloud.check_installation() WHERE state = 'missing';
  SELECT 1 / 0 AS demo_failed;
\endif
--)
> Nothing is missing. A risk is what PostgreSQL leaves open by itself; each row has the statement
> that closes it.
