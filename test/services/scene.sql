-- A control plane, the worker that its orders are for, and a monitor that sees how far they are.
CREATE EXTENSION primecloud;
SELECT primecloud.create_schema('cloud') > 0 AS created;
SELECT primecloud.create_app_role('services_app'), primecloud.create_gate_role('services_gate'),
    primecloud.create_platform_role('services_platform'), primecloud.create_worker_role('services_worker');
CREATE ROLE services_gateway;
SELECT primecloud.grant_schema('cloud', 'services_gate', 'gate');
SELECT primecloud.grant_schema('cloud', 'services_app', 'app');
SELECT primecloud.grant_schema('cloud', 'services_gateway', 'gateway');
SELECT primecloud.grant_schema('cloud', 'services_platform', 'platform');
SELECT primecloud.grant_schema('cloud', 'services_worker', 'worker');
ALTER ROLE services_worker LOGIN;
ALTER ROLE services_app LOGIN;
