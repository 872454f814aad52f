CREATE SCHEMA probe;
CREATE FUNCTION probe.baseline_add(bigint, bigint) RETURNS bigint LANGUAGE c IMMUTABLE STRICT AS '$libdir/primecloud_baseline',
    'baseline_add';
CREATE FUNCTION probe.baseline_length(text) RETURNS int LANGUAGE c IMMUTABLE STRICT AS '$libdir/primecloud_baseline', 'baseline_length';
CREATE FUNCTION probe.add(bigint, bigint) RETURNS bigint LANGUAGE c IMMUTABLE STRICT AS '$libdir/primecloud_probe', 'primecloud_probe_add';
CREATE FUNCTION probe.add_counts(bigint, bigint) RETURNS bigint LANGUAGE c IMMUTABLE STRICT AS '$libdir/primecloud_probe',
    'primecloud_probe_add_counts';
CREATE FUNCTION probe.length(text) RETURNS int LANGUAGE c IMMUTABLE STRICT AS '$libdir/primecloud_probe', 'primecloud_probe_length';
CREATE FUNCTION probe.alive() RETURNS int LANGUAGE c AS '$libdir/primecloud_probe', 'primecloud_probe_alive';
CREATE FUNCTION probe.misbehave(text) RETURNS void LANGUAGE c STRICT AS '$libdir/primecloud_probe', 'primecloud_probe_misbehave';
CREATE FUNCTION probe.survive(int) RETURNS int LANGUAGE c STRICT AS '$libdir/primecloud_probe', 'primecloud_probe_survive';
CREATE FUNCTION probe.series(int, OUT n int, OUT x text) RETURNS SETOF record LANGUAGE c STRICT AS '$libdir/primecloud_probe',
    'primecloud_probe_series';
CREATE FUNCTION probe.when_present(bigint) RETURNS bigint LANGUAGE c AS '$libdir/primecloud_probe', 'primecloud_probe_when_present';
