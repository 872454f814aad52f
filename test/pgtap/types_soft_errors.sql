-- From 16 on a wrong value is an answer where it is asked for one: pg_input_is_valid() and pg_input_error_info() say
-- what casting would raise, for each type of the extension, and COPY goes past it (17).  Earlier servers have nothing to ask.
SELECT no_plan();
SELECT current_setting('server_version_num')::int >= 160000 AS has_16, current_setting('server_version_num')::int >= 170000 AS has_17 \gset
CREATE TEMP TABLE given (type text, good text, bad text);
INSERT INTO given VALUES
    ('byte_size', '1 GiB', '1 GiBB'), ('byte_size', '7 EiB', '8192 EiB'), ('money_amount', '1.00 BRL', '1.001 BRL'),
    ('money_amount', '5 JPY', 'five JPY'), ('tax_id', '12ABC34501DE35', '12ABC34501DE36'), ('bucket_name', 'photos', 'No'),
    ('dns_hostname', 'a.example.com', 'a..b'), ('access_key_id', 'AK1x', ''), ('hex_color', '#00ff00', 'green'),
    ('sealed', NULL, 'plaintext'), ('sealed', NULL, 'pc1.'),
    ('lifecycle', '{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 30}}]}', '{"Rules": '),
    ('lifecycle', '<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter><Prefix>a/</Prefix></Filter><Expiration>'
        '<Days>30</Days></Expiration></Rule></LifecycleConfiguration>', '<LifecycleConfiguration>');
SELECT is((SELECT string_agg(typname, ', ' ORDER BY typname) FROM pg_type WHERE typnamespace = 'primecloud'::regnamespace
    AND typtype IN ('b', 'd') AND typcategory <> 'A' AND NOT EXISTS (SELECT FROM given WHERE type = typname)), NULL,
    'each type has a value that is none of it');
-- What casting raises.
CREATE FUNCTION pg_temp.raised(type text, value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %L::primecloud.%I', value, type);
    RETURN 'taken';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.raised(type, good), 'taken', format('%s takes %s', type, good)) FROM given WHERE good IS NOT NULL;
SELECT isnt(pg_temp.raised(type, bad), 'taken', format('%s does not take %s', type, bad)) FROM given;
\if :has_16
SELECT is(pg_input_is_valid(good, 'primecloud.' || type), true, format('%s: %s is valid', type, good)) FROM given WHERE good IS NOT NULL;
SELECT is(pg_input_is_valid(bad, 'primecloud.' || type), false, format('%s: %s is not', type, bad)) FROM given;
SELECT is(e.sql_error_code || ' ' || e.message, pg_temp.raised(type, bad), format('%s: why %s is not', type, bad))
    FROM given, pg_input_error_info(bad, 'primecloud.' || type) AS e;
\endif
\if :has_17
CREATE TEMP TABLE taken (line int, size primecloud.byte_size, amount primecloud.money_amount, document primecloud.tax_id);
SELECT $$printf '%s\t%s\t%s\t12ABC34501DE3%s\n' 1 '1 GiB' '1 BRL' 5 2 '1 GiBB' '1 BRL' 5 3 '1 GiB' 'five BRL' 5$$ ||
    $$ 4 '1 GiB' '1 BRL' 6 5 2 '2 BRL' 5$$ AS lines \gset
COPY taken FROM PROGRAM :'lines' (ON_ERROR ignore);
SELECT is((SELECT string_agg(line::text, ' ' ORDER BY line) FROM taken), '1 5', 'COPY goes past what is none');
\endif
SELECT * FROM finish();
