-- The lifecycle of what is in a bucket: the object store is told the whole of it.

CREATE FUNCTION @schema@.bucket_lifecycle(bucket uuid) RETURNS primecloud.lifecycle
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $bucket_lifecycle$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    rules text;
BEGIN
    SELECT string_agg(r.rule::text, ',' ORDER BY r.position) INTO rules
    FROM @schema@.lifecycle_rules r WHERE r.account_id = account AND r.bucket_id = bucket;
    IF rules IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN ('{"Rules":[' || rules || ']}')::primecloud.lifecycle;
END
$bucket_lifecycle$;
DEFINER bucket_lifecycle;
COMMENT ON FUNCTION @schema@.bucket_lifecycle(uuid)
    IS 'the lifecycle configuration of a bucket, put together from its rules; NULL without rules';
GRANT EXECUTE ON FUNCTION @schema@.bucket_lifecycle TO @app@;

CREATE FUNCTION @schema@.order_lifecycle(bucket @schema@.buckets) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_lifecycle$
DECLARE
    -- Rules that are well formed each can contradict each other: this raises then.
    configuration primecloud.lifecycle := @schema@.bucket_lifecycle(bucket.id);
BEGIN
    IF configuration IS NULL THEN
        PERFORM @schema@.order_bucket(bucket, 'remove_lifecycle');
    ELSE
        PERFORM @schema@.order_bucket(bucket, 'set_lifecycle', jsonb_build_object('xml', primecloud.lifecycle_xml(configuration)));
    END IF;
END
$order_lifecycle$;
COMMENT ON FUNCTION @schema@.order_lifecycle(@schema@.buckets) IS 'tells the object store a bucket''s whole configuration as it now is';

CREATE FUNCTION @schema@.add_lifecycle_rule(bucket uuid, rule text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $add_lifecycle_rule$
DECLARE
    account uuid := @schema@.command_account('developer', 'add_lifecycle_rule');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
    canonical jsonb := (('{"Rules":[' || add_lifecycle_rule.rule || ']}')::primecloud.lifecycle)::text::jsonb -> 'Rules' -> 0;
    rule_name text := coalesce(nullif(canonical ->> 'ID', ''), primecloud.uuid_v7()::text);
    place integer;
BEGIN
    PERFORM @schema@.check_text('rule', add_lifecycle_rule.rule, 65536);
    PERFORM @schema@.count_text(add_lifecycle_rule.rule);
    SELECT coalesce(max(r.position), 0) + 1 INTO place FROM @schema@.lifecycle_rules r
        WHERE r.account_id = account AND r.bucket_id = bucket;
    INSERT INTO @schema@.lifecycle_rules (bucket_id, account_id, rule_id, position, rule)
    VALUES (bucket, account, rule_name, place, jsonb_set(canonical, '{ID}', to_jsonb(rule_name)));
    PERFORM @schema@.order_lifecycle(target);
    PERFORM @schema@.audit('add_lifecycle_rule', 'lifecycle_rules', bucket::text, canonical);
    RETURN rule_name;
END
$add_lifecycle_rule$;
COMMENT ON FUNCTION @schema@.add_lifecycle_rule(uuid, text)
    IS 'adds a rule, written as a member of AWS''s Rules, behind the others; tells its ID; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.add_lifecycle_rule TO @app@;

CREATE FUNCTION @schema@.remove_lifecycle_rule(bucket uuid, rule_id text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $remove_lifecycle_rule$
DECLARE
    account uuid := @schema@.command_account('developer', 'remove_lifecycle_rule');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
BEGIN
    PERFORM @schema@.check_text('rule_id', remove_lifecycle_rule.rule_id, 1100);
    PERFORM @schema@.check_not_held('lifecycle_rules', jsonb_build_object('bucket_id', bucket, 'rule_id',
        remove_lifecycle_rule.rule_id));
    DELETE FROM @schema@.lifecycle_rules r WHERE r.account_id = account AND r.bucket_id = bucket
        AND r.rule_id = remove_lifecycle_rule.rule_id;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM @schema@.order_lifecycle(target);
    PERFORM @schema@.audit('remove_lifecycle_rule', 'lifecycle_rules', bucket::text,
        jsonb_build_object('rule_id', remove_lifecycle_rule.rule_id));
    RETURN true;
END
$remove_lifecycle_rule$;
COMMENT ON FUNCTION @schema@.remove_lifecycle_rule(uuid, text) IS 'removes a rule by its ID; false if there is none; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.remove_lifecycle_rule TO @app@;

CREATE FUNCTION @schema@.set_bucket_lifecycle(bucket uuid, configuration text) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_bucket_lifecycle$
DECLARE
    account uuid := @schema@.command_account('developer', 'set_bucket_lifecycle');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
    canonical jsonb := (set_bucket_lifecycle.configuration::primecloud.lifecycle)::text::jsonb -> 'Rules';
    named record;
    added integer := 0;
BEGIN
    PERFORM @schema@.check_text('configuration', set_bucket_lifecycle.configuration, 2097152);
    PERFORM @schema@.count_text(set_bucket_lifecycle.configuration);
    PERFORM @schema@.check_not_held('lifecycle_rules', jsonb_build_object('bucket_id', bucket));
    DELETE FROM @schema@.lifecycle_rules r WHERE r.account_id = account AND r.bucket_id = bucket;
    FOR named IN SELECT coalesce(nullif(r.rule ->> 'ID', ''), primecloud.uuid_v7()::text) AS id, r.position, r.rule
        FROM jsonb_array_elements(canonical) WITH ORDINALITY AS r(rule, position)
    LOOP
        INSERT INTO @schema@.lifecycle_rules (bucket_id, account_id, rule_id, position, rule)
        VALUES (bucket, account, named.id, named.position, jsonb_set(named.rule, '{ID}', to_jsonb(named.id)));
        added := added + 1;
    END LOOP;
    PERFORM @schema@.order_lifecycle(target);
    PERFORM @schema@.audit('set_bucket_lifecycle', 'lifecycle_rules', bucket::text, jsonb_build_object('rules', added));
    RETURN added;
END
$set_bucket_lifecycle$;
COMMENT ON FUNCTION @schema@.set_bucket_lifecycle(uuid, text)
    IS 'replaces all rules of a bucket by an S3 document, XML or JSON; tells how many; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.set_bucket_lifecycle TO @app@;
