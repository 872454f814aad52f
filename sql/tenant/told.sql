-- What is told: names and reasons are of whoever wrote them, and end neither the line nor the quotes in which they stand.

-- A text as one line.  Whatever ends a line somewhere, hides or turns what follows is written
-- as an escape, and so is the backslash that escapes.
CREATE FUNCTION primecloud_internal.one_line(told text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT coalesce(string_agg(CASE WHEN c = '\' THEN '\\'
        WHEN c = chr(10) THEN '\n' WHEN c = chr(13) THEN '\r' WHEN c = chr(9) THEN '\t'
        WHEN c ~ '[\u0001-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]'
            THEN '\u' || lpad(to_hex(ascii(c)), 4, '0') ELSE c END, '' ORDER BY n), '')
    FROM string_to_table(told, NULL) WITH ORDINALITY AS t(c, n);
$$;
COMMENT ON FUNCTION primecloud_internal.one_line(text) IS 'a text as one line, with escapes for what would end, hide or turn it';

-- A text in dollar quotes that nothing in it can end.
CREATE FUNCTION primecloud_internal.dollar_quoted(body text, tag text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE tries(tag) AS (SELECT $2 UNION ALL SELECT t.tag || '_' FROM tries t WHERE strpos($1, '$' || t.tag || '$') > 0)
    SELECT '$' || t.tag || '$' || $1 || '$' || t.tag || '$' FROM tries t WHERE strpos($1, '$' || t.tag || '$') = 0;
$$;
COMMENT ON FUNCTION primecloud_internal.dollar_quoted(text, text)
    IS 'a text in dollar quotes, whose tag grows until it does not occur in it';

-- A line of TAP.  In a description # would begin a directive: TODO would make a failure a success.  What is behind it is
-- our word, SKIP or one that is no directive, and why.
CREATE FUNCTION primecloud_internal.tap_line(holds boolean, number bigint, description text, word text DEFAULT NULL,
    why text DEFAULT NULL) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT concat(CASE WHEN holds THEN 'ok ' ELSE 'not ok ' END, number, ' - ',
        replace(primecloud_internal.one_line(description), '#', '\#'),
        ' # ' || word || ' ' || replace(primecloud_internal.one_line(why), '#', '\#'));
$$;
COMMENT ON FUNCTION primecloud_internal.tap_line(boolean, bigint, text, text, text)
    IS 'a result in the Test Anything Protocol, which no name in it can turn into another';
