-- A finding, as review() gives it, and the row of which it is made.

CREATE TYPE finding AS ("check" text, level text, object text, evidence text, fix text, fingerprint text);
COMMENT ON TYPE finding
    IS 'what a check says of an object: error, warning or notice, what it saw, SQL that mends it, and a name that stays';

-- What every check gives.  `parts` is of the evidence what a dump carries: names, no oids and no counts.
CREATE TYPE primecloud_internal.review_row AS (check_name text, level text, object text, evidence text, fix text, parts text[]);
COMMENT ON TYPE primecloud_internal.review_row IS 'a finding before it has its fingerprint';

-- The same finding has the same fingerprint in every database that has the same schema.
CREATE FUNCTION primecloud_internal.review_fingerprint(check_name text, object text, parts text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT left(encode(sha256(convert_to((ARRAY[check_name, object] || coalesce(parts, '{}'))::text, 'UTF8')), 'hex'), 16) $$;
COMMENT ON FUNCTION primecloud_internal.review_fingerprint(text, text, text[]) IS 'what a finding is known by, in another database too';

-- A relation as the checks see it.  `tenant` is the number of its tenant column, `part` whether it is a partition,
-- `parent` the nearest table above it that has row security, `reach` the privileges that the application has on it or on a
-- column of it, `grantees` who holds those by a grant, `here` whether it is in the schema.
CREATE TYPE primecloud_internal.review_table AS (rel oid, label text, name name, here boolean, kind "char", owner oid, rls boolean,
    forced boolean, part boolean, parent oid, tenant int2, tenant_name name, root boolean, shared boolean, exempt boolean,
    reach text[], grantees oid[]);
COMMENT ON TYPE primecloud_internal.review_table IS 'a relation as the checks of review() see it';

-- What the checks share: asked once in a call.  `app` are the roles of the application, `reached` those that they are, inherit
-- from or can become, and 0 for PUBLIC.
CREATE TYPE primecloud_internal.review_words AS (schema oid, label text, app oid[], reached oid[],
    tables primecloud_internal.review_table[], registered jsonb);
COMMENT ON TYPE primecloud_internal.review_words IS 'what the checks of review() share';
