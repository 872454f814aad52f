-- Spreads the control plane of a test over the nodes of test/citus/cluster.
SELECT primecloud.distribute_schema('cloud');
