-- Products and prices: the platform's.  Prices already taken stay.

CREATE FUNCTION @schema@.set_product(name text, price_cents bigint, storage_limit_bytes bigint, transfer_limit_bytes bigint,
    overage_storage_cents bigint DEFAULT 0, overage_transfer_cents bigint DEFAULT 0, description text DEFAULT '',
        is_public boolean DEFAULT true, currency text DEFAULT 'BRL', order_type text DEFAULT 'product') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_product$
DECLARE
    at CONSTANT timestamptz := now();
    made uuid;
BEGIN
    PERFORM primecloud.require_read_committed();
    PERFORM @schema@.require_platform('set_product');
    INSERT INTO @schema@.products (name, description, order_type, price_cents, currency, storage_limit_bytes, transfer_limit_bytes,
        overage_storage_cents, overage_transfer_cents, is_public)
    VALUES (set_product.name, set_product.description, set_product.order_type, set_product.price_cents, set_product.currency,
        set_product.storage_limit_bytes, set_product.transfer_limit_bytes,
            set_product.overage_storage_cents, set_product.overage_transfer_cents, set_product.is_public)
    ON CONFLICT ON CONSTRAINT products_name_unique DO UPDATE SET description = excluded.description, order_type = excluded.order_type,
        price_cents = excluded.price_cents, currency = excluded.currency,
        storage_limit_bytes = excluded.storage_limit_bytes, transfer_limit_bytes = excluded.transfer_limit_bytes,
            overage_storage_cents = excluded.overage_storage_cents,
        overage_transfer_cents = excluded.overage_transfer_cents, is_public = excluded.is_public, updated_at = at
    RETURNING id INTO made;
    RETURN made;
END
$set_product$;
COMMENT ON FUNCTION @schema@.set_product(text, bigint, bigint, bigint, bigint, bigint, text, boolean, text, text)
    IS 'adds or changes a product by its name; prices already taken stay; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.set_product TO @platform@;
ALTER FUNCTION @schema@.set_product OWNER TO @gate@;

CREATE FUNCTION @schema@.set_price(category text, resource text, unit text, price_millicents bigint, reason text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_price$
DECLARE
    old_price bigint;
BEGIN
    PERFORM primecloud.require_read_committed();
    IF NOT @schema@.caller_is('platform') THEN
        RAISE insufficient_privilege USING MESSAGE = 'set_price is for the platform',
            HINT = 'Let the role in with primecloud.grant_schema, as platform.';
    END IF;
    -- Two who set one price, by whichever of its keys, meet at its row, so that each change names the one before.
    INSERT INTO @schema@.prices (category, resource, unit, price_millicents)
    VALUES (set_price.category, set_price.resource, set_price.unit, set_price.price_millicents) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT p.price_millicents INTO old_price FROM @schema@.prices p
        WHERE p.category = set_price.category AND p.resource = set_price.resource FOR NO KEY UPDATE;
        UPDATE @schema@.prices p SET price_millicents = set_price.price_millicents, unit = set_price.unit, updated_at = now()
        WHERE p.category = set_price.category AND p.resource = set_price.resource;
    END IF;
    INSERT INTO @schema@.price_changes (category, resource, old_price_millicents, new_price_millicents, reason, changed_by)
    VALUES (set_price.category, set_price.resource, old_price, set_price.price_millicents, coalesce(set_price.reason, ''), session_user);
END
$set_price$;
COMMENT ON FUNCTION @schema@.set_price(text, text, text, bigint, text) IS 'sets a price and writes its history; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.set_price TO @platform@;
ALTER FUNCTION @schema@.set_price OWNER TO @gate@;
