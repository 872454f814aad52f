-- Whose a table was when somebody last looked.  Roles are renamed behind the database's back, from another one too: under
-- another name a role is the same, and a new one that has its name takes nothing over.  (PL/pgSQL: what it reads is made below.)

CREATE FUNCTION primecloud_internal.noted_role(space text, rel text, noted text) RETURNS oid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(
        (SELECT k.owner_id FROM primecloud_internal.known_table k
         WHERE k.schema_name = space AND k.table_name = rel AND k.owner_name = noted),
        (SELECT r.oid FROM pg_roles r WHERE r.rolname = noted::name));
END $$;
COMMENT ON FUNCTION primecloud_internal.noted_role(text, text, text)
    IS 'the role that a registration of a table names as its owner, whatever it is called by now; after a restore the one of that name';

CREATE FUNCTION primecloud_internal.noted_owner(space text, rel text, noted text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce((SELECT r.rolname FROM pg_roles r WHERE r.oid = primecloud_internal.noted_role(space, rel, noted)), noted);
END $$;
COMMENT ON FUNCTION primecloud_internal.noted_owner(text, text, text)
    IS 'what the role that a registration of a table names as its owner is called by now';
