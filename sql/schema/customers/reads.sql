-- Customers; they are written by the account itself.

LIST customers_page, customers_page_before
    OF customers BY created_at, id
    FOR developer
    IS 'customers, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.customers_page, @schema@.customers_page_before TO @app@;
