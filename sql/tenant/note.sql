-- What is a note of protection, and what is any other comment.

-- Whatever else a comment may be is no note, and never an error: everybody's commands read everybody's.
CREATE FUNCTION primecloud_internal.read_note(comment text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_read_note';
COMMENT ON FUNCTION primecloud_internal.read_note(text)
    IS 'the object in a comment of no more than 1 MiB, four levels deep at most and of names, whole numbers and words; NULL for any other';

-- The keys that the helpers write, each with what they write there.
CREATE FUNCTION primecloud_internal.note_in(comment text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT n FROM primecloud_internal.read_note(comment) AS n
    WHERE NOT EXISTS (SELECT FROM jsonb_each(n) AS k LEFT JOIN (VALUES ('constraints', 'object'), ('index', 'string'), ('lost', 'boolean'),
            ('made', 'array'), ('roles', 'object'), ('row security', 'string'), ('schemas', 'object'), ('tenant', 'string'))
            AS known(key, type) USING (key)
        WHERE known.type IS DISTINCT FROM jsonb_typeof(k.value)));
END $$;
COMMENT ON FUNCTION primecloud_internal.note_in(text) IS 'the note of protection that a comment is; NULL for any other comment';
