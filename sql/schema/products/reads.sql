-- Prices, and products that are offered.

CREATE FUNCTION @schema@.price_cents(category text, resource text, amount bigint) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $price_cents$
DECLARE
    millicents bigint;
BEGIN
    SELECT p.price_millicents INTO millicents FROM @schema@.prices p WHERE p.category = price_cents.category
        AND p.resource = price_cents.resource;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('price', category || '/' || resource);
    END IF;
    -- half up, once
    RETURN (millicents * amount + 500) / 1000;
END
$price_cents$;
COMMENT ON FUNCTION @schema@.price_cents(text, text, bigint) IS 'price of an amount of a resource, rounded half up to the cent';

CREATE FUNCTION @schema@.offered_product(product uuid) RETURNS @schema@.products
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $offered_product$
DECLARE
    offered @schema@.products;
BEGIN
    SELECT * INTO offered FROM @schema@.products p WHERE p.id = product AND p.is_public;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('product', product::text);
    END IF;
    RETURN offered;
END
$offered_product$;
COMMENT ON FUNCTION @schema@.offered_product(uuid) IS 'a product that may be ordered; for commands';
