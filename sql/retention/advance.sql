-- Where a run goes on after a batch.

-- Where the next batch begins and how large it is: the time aimed at, never more
-- than twice the last one's size, and never more than would take that time if every
-- row of it were due.
CREATE FUNCTION primecloud_internal.retention_advance(place primecloud_internal.retention_position,
    outcome primecloud_internal.retention_outcome, elapsed double precision, target double precision)
    RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    factor CONSTANT double precision := least(2, greatest(0.25, target / greatest(elapsed, 0.01)));
    per_row CONSTANT double precision := greatest(0.0005,
        coalesce(CASE WHEN outcome.rows >= 100 THEN (coalesce(place.per_row, elapsed / outcome.rows) + elapsed / outcome.rows) / 2 END,
            place.per_row));
    most CONSTANT double precision := least(200000, target / per_row);
BEGIN
    place.per_row := per_row;
    place.careful := false;
    CASE
        WHEN place.method = 'ranges' THEN
            place.over := place.until_time IS NULL;
            place.from_time := place.until_time;
            place.until_time := NULL;
            place.bounded := false;
            place.row_limit := greatest(1, least(place.row_limit * factor, most)::bigint);
        WHEN place.method IN ('keyset', 'tenants') THEN
            place.over := CASE place.method WHEN 'keyset' THEN outcome.picked < place.row_limit ELSE outcome.ended END;
            place.key_tenant := outcome.key_tenant;
            place.key_time := outcome.key_time;
            place.key_row := outcome.key_row;
            place.row_limit := greatest(1, least(place.row_limit * factor, 10000, most)::bigint);
        -- A block of 8 kB has no more than 291 rows, and others as many per byte.
        WHEN place.first_offset IS NOT NULL AND place.first_offset + place.span <= current_setting('block_size')::int / 28 THEN
            place.first_offset := place.first_offset + place.span;
            place.span := 2 * place.span;
        WHEN place.first_offset IS NOT NULL THEN
            place.first_offset := NULL;
            place.span := NULL;
            place.block := place.block + 1;
        ELSE
            place.block := place.block + place.unit;
            -- Twice as far where nothing was due: most of such a run is looking.
            place.unit := greatest(1, least(place.unit * factor, 8192, most * CASE outcome.rows WHEN 0 THEN 2
                ELSE 1 END / place.density)::bigint);
    END CASE;
    place.over := place.over OR place.method = 'slices' AND place.block >= place.end_block;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_advance(primecloud_internal.retention_position, primecloud_internal.retention_outcome,
    double precision, double precision) IS 'the position after a batch';

-- A range and its end.  Where more rows than one too many have one and the same time
-- it has none: a longer one is tried, and if that will not do, the rest goes by slices.
CREATE FUNCTION primecloud_internal.retention_bounded(place primecloud_internal.retention_position, until_time timestamptz)
    RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF place.from_time IS NULL OR until_time IS NULL OR until_time <> place.from_time THEN
        place.until_time := retention_bounded.until_time;
        place.bounded := true;
    ELSIF place.row_limit < least(50000, place.most_rows) THEN
        place.row_limit := least(50000, place.most_rows);
    ELSE
        place.method := 'slices';
        place.over := place.block >= place.end_block;
    END IF;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_bounded(primecloud_internal.retention_position, timestamptz)
    IS 'what becomes of a range when its end is known';

REVOKE ALL ON FUNCTION primecloud_internal.retention_advance(primecloud_internal.retention_position,
    primecloud_internal.retention_outcome, double precision, double precision),
    primecloud_internal.retention_bounded(primecloud_internal.retention_position, timestamptz) FROM PUBLIC;
