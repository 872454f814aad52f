-- Spreads the control plane of a test over the nodes of test/citus/cluster.
-- (Few shards: each foreign key is made on each.)
SET citus.shard_count = 4;
SET ROLE :"owner";
SELECT count(*) FROM primecloud.distribute_schema('cloud') AS steps;
RESET ROLE;
