-- Spreads the control plane of a test over the nodes of test/citus/cluster.
SET ROLE :"owner";
SELECT count(*) FROM primecloud.distribute_schema('cloud') AS steps;
RESET ROLE;
