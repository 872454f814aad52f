-- Who calls a SECURITY DEFINER function of the extension.

CREATE FUNCTION caller() RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;
$$;
COMMENT ON FUNCTION caller() IS 'the role that SET ROLE or the connection chose, also inside SECURITY DEFINER functions';

