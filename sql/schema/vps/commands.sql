-- Ordering a virtual machine at the list's prices, and handing it over.

CREATE FUNCTION @schema@.place_vps_order(
    os text, location text, cpu_cores integer, ram_gib integer, storage_gib integer, storage_type text DEFAULT 'ssd',
    bandwidth_mbps integer DEFAULT 50, public_ip_count integer DEFAULT 1, backup_frequency text DEFAULT NULL,
    backup_retention_days integer DEFAULT NULL, notes text DEFAULT NULL, request_id text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $place_vps_order$
DECLARE
    account uuid := @schema@.command_account('developer', 'place_vps_order');
    made uuid := primecloud.uuid_v7();
    base bigint := @schema@.price_cents('vps', 'core', place_vps_order.cpu_cores) + @schema@.price_cents('vps', 'ram',
        place_vps_order.ram_gib)
        + @schema@.price_cents('vps', coalesce(left(place_vps_order.storage_type, 100), 'ssd'), place_vps_order.storage_gib);
    network bigint := @schema@.price_cents('vps', 'bandwidth', place_vps_order.bandwidth_mbps);
    ips bigint := @schema@.price_cents('vps', 'ip', greatest(place_vps_order.public_ip_count - 1, 0));
    backup bigint := CASE WHEN place_vps_order.backup_frequency IS NULL THEN 0
        ELSE @schema@.price_cents('backup_vps', 'backup', place_vps_order.backup_retention_days) END;
BEGIN
    PERFORM @schema@.check_text('os', place_vps_order.os), @schema@.check_text('location', place_vps_order.location),
        @schema@.check_text('storage_type', place_vps_order.storage_type),
        @schema@.check_text('backup_frequency', place_vps_order.backup_frequency),
        @schema@.check_text('notes', place_vps_order.notes, 16100), @schema@.check_text('request_id', place_vps_order.request_id);
    INSERT INTO @schema@.orders AS o (id, account_id, order_type, unit_price_cents, notes, request_id, placed_by)
    VALUES (made, account, 'vps', base + network + ips + backup, place_vps_order.notes, place_vps_order.request_id, primecloud.user_id())
    ON CONFLICT (account_id, (o.request_id)) WHERE o.request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        SELECT o.id INTO made FROM @schema@.orders o WHERE o.account_id = account AND o.request_id = place_vps_order.request_id;
        RETURN made;
    END IF;
    INSERT INTO @schema@.vps_configs (order_id, account_id, os, location, cpu_cores, ram_gib, storage_gib, storage_type, bandwidth_mbps,
        public_ip_count, backup_frequency, backup_retention_days, base_price_cents, ip_price_cents, backup_price_cents, network_price_cents)
    VALUES (made, account, place_vps_order.os, place_vps_order.location, place_vps_order.cpu_cores, place_vps_order.ram_gib,
        place_vps_order.storage_gib, coalesce(place_vps_order.storage_type, 'ssd'), place_vps_order.bandwidth_mbps,
            place_vps_order.public_ip_count,
        place_vps_order.backup_frequency, place_vps_order.backup_retention_days, base, ips, backup, network);
    PERFORM @schema@.count_text(concat(place_vps_order.notes, place_vps_order.request_id));
    PERFORM @schema@.audit('place_vps_order', 'orders', made::text, jsonb_build_object('os', place_vps_order.os, 'cpu_cores',
        place_vps_order.cpu_cores));
    PERFORM @schema@.send_notification('order_placed', 'Order of a machine', '', jsonb_build_object('order', made));
    RETURN made;
END
$place_vps_order$;
COMMENT ON FUNCTION @schema@.place_vps_order(text, text, integer, integer, integer, text, integer, integer, text, integer, text, text) IS
    'orders a machine at the prices that stand, order and configuration together; the same request_id again gives the same order; '
        'developers and above';
GRANT EXECUTE ON FUNCTION @schema@.place_vps_order TO @app@;

CREATE FUNCTION @schema@.set_vps_credentials(order_id uuid, hostname text, ip inet, credentials text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_vps_credentials$
DECLARE
    account uuid := @schema@.platform_account('set_vps_credentials');
    at CONSTANT timestamptz := now();
    sealed primecloud.sealed;
BEGIN
    UPDATE @schema@.vps_configs v SET server_hostname = hostname, server_ip = ip, provisioned_at = coalesce(v.provisioned_at, at)
    WHERE v.account_id = account AND v.order_id = set_vps_credentials.order_id;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('machine', set_vps_credentials.order_id::text);
    END IF;
    sealed := primecloud.seal(set_vps_credentials.credentials, account::text, '@schema@.vps_secrets.credentials',
        set_vps_credentials.order_id::text);
    INSERT INTO @schema@.vps_secrets (order_id, account_id, credentials) VALUES (set_vps_credentials.order_id, account, sealed)
    ON CONFLICT ON CONSTRAINT vps_secrets_pk DO UPDATE SET credentials = excluded.credentials;
    PERFORM @schema@.audit('set_vps_credentials', 'vps_configs', set_vps_credentials.order_id::text);
END
$set_vps_credentials$;
COMMENT ON FUNCTION @schema@.set_vps_credentials(uuid, text, inet, text)
    IS 'records where a machine is and seals how to log in to it; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.set_vps_credentials TO @platform@;
