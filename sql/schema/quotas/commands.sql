-- Room: how full an account is, who is told, who may have more.

CREATE FUNCTION @schema@.quota_level(used bigint, quota bigint, told integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Up at a threshold, down only five points below it, so that a figure that
    -- wavers about a threshold is told of once.
    SELECT max(level) FROM (VALUES (0), (80), (95), (100)) AS t(level)
    WHERE level = 0 OR (used > 0
        AND (used * 100.0 >= level * quota::numeric OR (level <= told AND used * 100.0 >= (level - 5) * quota::numeric)));
END;
COMMENT ON FUNCTION @schema@.quota_level(bigint, bigint, integer)
    IS 'the threshold a use has reached, given the one last told of: 0, 80, 95 or 100';
GRANT EXECUTE ON FUNCTION @schema@.quota_level TO @gate@;

CREATE FUNCTION @schema@.tell_quota(accounts uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $tell_quota$
DECLARE
    account record;
    level integer;
    items jsonb := '[]';
BEGIN
    FOR account IN SELECT a.id, a.quota_level AS told, a.storage_used_bytes AS used, a.storage_quota_bytes AS quota
        FROM @schema@.accounts a WHERE a.id = ANY (accounts) ORDER BY a.id
    LOOP
        level := @schema@.quota_level(account.used, account.quota, account.told);
        CONTINUE WHEN level = account.told;
        UPDATE @schema@.accounts a SET quota_level = level WHERE a.id = account.id;
        CONTINUE WHEN level < account.told;
        items := items || jsonb_build_object('account_id', account.id,
            'type', CASE level WHEN 80 THEN 'quota_warning_80' WHEN 95 THEN 'quota_critical_95' ELSE 'quota_exceeded' END,
            'title', format('Storage has reached %s %% of the quota', level), 'metadata', jsonb_build_object('level', level));
    END LOOP;
    PERFORM @schema@.send_notifications(items) WHERE items <> '[]';
END
$tell_quota$;
COMMENT ON FUNCTION @schema@.tell_quota(uuid[])
    IS 'notifies accounts that have risen past a threshold; of several passed at once, the highest';
GRANT EXECUTE ON FUNCTION @schema@.tell_quota TO @gate@;

CREATE FUNCTION @schema@.request_quota(quota_bytes bigint, reason text DEFAULT '') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $request_quota$
DECLARE
    account uuid := @schema@.command_account('admin', 'request_quota');
    has bigint;
    made uuid := primecloud.uuid_v7();
BEGIN
    PERFORM @schema@.check_text('reason', request_quota.reason, 8100);
    SELECT a.storage_quota_bytes INTO has FROM @schema@.accounts a WHERE a.id = account;
    INSERT INTO @schema@.quota_requests (id, account_id, current_quota_bytes, requested_quota_bytes, reason, requested_by)
    VALUES (made, account, has, request_quota.quota_bytes, coalesce(request_quota.reason, ''), primecloud.user_id())
    ON CONFLICT (account_id) WHERE status = 'pending' DO NOTHING;
    IF NOT FOUND THEN
        SELECT q.id INTO made FROM @schema@.quota_requests q
        WHERE q.account_id = account AND q.status = 'pending' AND q.requested_quota_bytes = request_quota.quota_bytes;
        IF made IS NULL THEN
            RAISE unique_violation USING MESSAGE = 'a quota request is pending already', HINT = 'Wait until the platform has decided it.';
        END IF;
        RETURN made;
    END IF;
    PERFORM @schema@.count_text(request_quota.reason);
    PERFORM @schema@.audit('request_quota', 'quota_requests', made::text, jsonb_build_object('bytes', request_quota.quota_bytes));
    RETURN made;
END
$request_quota$;
COMMENT ON FUNCTION @schema@.request_quota(bigint, text)
    IS 'asks the platform for more storage; the same again gives the same request; admins';
GRANT EXECUTE ON FUNCTION @schema@.request_quota TO @app@;

CREATE FUNCTION @schema@.decide_quota(request uuid, decision text, note text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $decide_quota$
DECLARE
    account uuid := primecloud.tenant_uuid();
    reviewer CONSTANT text := coalesce(primecloud.user_id(), session_user::text);
    decided @schema@.quota_requests;
    used bigint;
    told integer;
BEGIN
    UPDATE @schema@.quota_requests q
    SET status = decision, reviewed_by = reviewer, review_note = note, reviewed_at = now()
    WHERE q.account_id = account AND q.id = request AND q.status = 'pending'
    RETURNING * INTO decided;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('pending quota request', request::text);
    END IF;
    IF decision = 'approved' THEN
        SELECT a.storage_used_bytes INTO used FROM @schema@.accounts a WHERE a.id = account FOR NO KEY UPDATE;
        told := @schema@.quota_level(used, decided.requested_quota_bytes, 0);
        UPDATE @schema@.accounts a SET storage_quota_bytes = decided.requested_quota_bytes, updated_at = now(), quota_level = told
        WHERE a.id = account;
    END IF;
    PERFORM @schema@.audit(CASE decision WHEN 'approved' THEN 'approve_quota' ELSE 'reject_quota' END, 'quota_requests', request::text,
        jsonb_build_object('bytes', decided.requested_quota_bytes));
    PERFORM @schema@.send_notification('approval_' || decision, format('The quota request was %s', decision), coalesce(note, ''));
END
$decide_quota$;
COMMENT ON FUNCTION @schema@.decide_quota(uuid, text, text) IS 'decides a pending quota request, once; for commands';

CREATE FUNCTION @schema@.approve_quota(request uuid, note text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $approve_quota$
BEGIN
    PERFORM @schema@.platform_account('approve_quota');
    PERFORM @schema@.decide_quota(request, 'approved', note);
END
$approve_quota$;
COMMENT ON FUNCTION @schema@.approve_quota(uuid, text) IS 'grants a pending quota request, once; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.approve_quota TO @platform@;

CREATE FUNCTION @schema@.reject_quota(request uuid, note text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $reject_quota$
BEGIN
    PERFORM @schema@.platform_account('reject_quota');
    PERFORM @schema@.decide_quota(request, 'rejected', note);
END
$reject_quota$;
COMMENT ON FUNCTION @schema@.reject_quota(uuid, text) IS 'refuses a pending quota request, once; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.reject_quota TO @platform@;
