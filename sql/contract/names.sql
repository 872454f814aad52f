-- contract: names that an application's types get, and the words of comments.

CREATE FUNCTION primecloud_internal.contract_key(name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_key';
COMMENT ON FUNCTION primecloud_internal.contract_key(text) IS 'the key that to_camel_json gives a name';

CREATE FUNCTION primecloud_internal.contract_name(name text, holds_rows boolean) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_name';
COMMENT ON FUNCTION primecloud_internal.contract_name(text, boolean) IS
    'the name of a type in PascalCase; of what holds rows in the singular';

CREATE FUNCTION primecloud_internal.contract_given_name(asked text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_given_name';
COMMENT ON FUNCTION primecloud_internal.contract_given_name(text) IS 'the name that a comment asks for, made an identifier';

CREATE FUNCTION primecloud_internal.contract_lines(comment text, tag text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_lines';
COMMENT ON FUNCTION primecloud_internal.contract_lines(text, text) IS
    'what follows a tag to the end of its line, a line break before each';

-- (One expression, which is put where it is called: most comments have no tag, and none of those is searched.)
CREATE FUNCTION primecloud_internal.contract_tags(comment text, tag text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN strpos(comment, '@' || tag) > 0 
    THEN (string_to_array(primecloud_internal.contract_lines(comment, tag), E'\n'))[2:] ELSE '{}' END;
COMMENT ON FUNCTION primecloud_internal.contract_tags(text, text) IS 'what a comment says behind a tag, to the end of each line';

CREATE FUNCTION primecloud_internal.contract_breaks(comment text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN strpos(comment, '@breaks') > 0
    THEN nullif(to_jsonb((string_to_array(primecloud_internal.contract_lines(comment, 'breaks'), E'\n'))[2:]), '[]') END;
COMMENT ON FUNCTION primecloud_internal.contract_breaks(text) IS 'the breaks that a comment allows; NULL for none';

CREATE FUNCTION primecloud_internal.contract_class(comment text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_class';
COMMENT ON FUNCTION primecloud_internal.contract_class(text) IS 'the class of sensitivity that a comment says; NULL for none';

CREATE FUNCTION primecloud_internal.contract_description(comment text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT nullif(btrim(regexp_replace(regexp_replace(contract_description.comment COLLATE "C",
        '(^|\n)[ \t]*@(error|breaks|name|notNull|nullable)(?![A-Za-z0-9_])( [^ \n]+(?= *(\n|$)))?([^\n]*)',
        '\1', 'g'),
        '(^|[^A-Za-z0-9_@])@(public|pii|token|secret)(?![A-Za-z0-9_]) ?', '\1', 'g'), E' \t\r\n'), '');
END;
COMMENT ON FUNCTION primecloud_internal.contract_description(text) IS 'what a comment says to people: without its tags';
