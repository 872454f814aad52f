SELECT primecloud.uuid_timestamp('017f22e2-79b0-7cc3-98c4-dc0c0c07398f') AT TIME ZONE 'UTC';
SELECT primecloud.uuid_timestamp('919108f7-52d1-4320-9bac-f847db4148a8');
SELECT count(DISTINCT id), bool_and(id > before) AS ascending, bool_and(now() - primecloud.uuid_timestamp(id) < '1 minute') AS recent
FROM (SELECT id, lag(id) OVER (ORDER BY n) AS before FROM (SELECT n, primecloud.uuid_v7() AS id FROM generate_series(1, 100000) AS n)
    AS made) AS compared;
