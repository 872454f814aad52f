-- Expiry by the clock, through pg_cron where it is installed.

CREATE FUNCTION schedule_maintenance(cron text, max_duration interval DEFAULT '10 minutes', role name DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command CONSTANT text := format('CALL primecloud.expire_all(%L)', max_duration);
    number bigint;
BEGIN
    -- The schema is pg_cron's only while the extension is there: anybody may name one "cron".
    IF NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('pg_cron is not installed in database "%s"', current_database()),
            HINT = format('Let a systemd timer run: psql -d %s -c "%s"', current_database(), command);
    END IF;
    IF cron IS NULL OR max_duration IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'a schedule and a duration are needed',
            HINT = 'For instance: schedule_maintenance(''*/15 * * * *'').';
    END IF;
    EXECUTE 'SELECT cron.schedule_in_database($1, $2, $3, $4, $5)' INTO number
        USING 'primecloud maintenance', cron, command, current_database()::text, coalesce(role, current_user)::text;
    RETURN number;
END $$;
COMMENT ON FUNCTION schedule_maintenance(text, interval, name)
    IS 'has pg_cron expire what is due by a schedule, as the caller or, for a superuser, another role; again changes it';
