-- What buckets used.

LIST usage_page, usage_page_before
    OF usage_daily BY period_start, bucket_id
    FOR developer
    IS 'what each bucket used each day, latest day first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.usage_page, @schema@.usage_page_before TO @app@;
