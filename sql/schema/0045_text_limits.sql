-- No text that people write is without an end, and none that goes into a mail's
-- header or a web page's address can break out of it.

ALTER TABLE @schema@.accounts ADD CONSTRAINT accounts_branding_short CHECK (char_length(branding_name) <= 200 AND octet_length(branding_logo_url) <= 2000 AND octet_length(branding_icon_url) <= 2000);
-- shown to an account's own customers: an address of the web or of the same site, nothing that runs
ALTER TABLE @schema@.accounts ADD CONSTRAINT accounts_logo_address CHECK (branding_logo_url ~ '^(https://|/)[^[:space:]<>"'']*$');
ALTER TABLE @schema@.accounts ADD CONSTRAINT accounts_icon_address CHECK (branding_icon_url ~ '^(https://|/)[^[:space:]<>"'']*$');
ALTER TABLE @schema@.account_billing ADD CONSTRAINT account_billing_short CHECK (char_length(legal_name) <= 200 AND char_length(phone) <= 50 AND char_length(financial_contact) <= 200);
ALTER TABLE @schema@.account_billing ADD CONSTRAINT account_billing_email_shape CHECK (billing_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(billing_email) <= 254);
ALTER TABLE @schema@.account_smtp ADD CONSTRAINT account_smtp_host_shape CHECK (host ~ '^[A-Za-z0-9][A-Za-z0-9.:-]*$' AND octet_length(host) <= 253);
ALTER TABLE @schema@.account_smtp ADD CONSTRAINT account_smtp_from_shape CHECK (from_email ~ '^[^@[:space:]<>]+@[^@[:space:]<>]+$' AND octet_length(from_email) <= 254);
ALTER TABLE @schema@.account_smtp ADD CONSTRAINT account_smtp_one_line CHECK (from_name !~ '[[:cntrl:]]' AND char_length(from_name) <= 200 AND username !~ '[[:cntrl:]]' AND char_length(username) <= 254);
ALTER TABLE @schema@.customers ADD CONSTRAINT customers_short CHECK (char_length(name) >= 1 AND char_length(name) <= 200 AND char_length(phone) <= 50 AND char_length(address) <= 1000 AND char_length(notes) <= 4000);
ALTER TABLE @schema@.customers ADD CONSTRAINT customers_admin_email_shape CHECK (admin_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(admin_email) <= 254);
ALTER TABLE @schema@.customers ADD CONSTRAINT customers_billing_email_shape CHECK (billing_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(billing_email) <= 254);
ALTER TABLE @schema@.products ADD CONSTRAINT products_short CHECK (char_length(name) >= 1 AND char_length(name) <= 200 AND char_length(description) <= 4000);
ALTER TABLE @schema@.price_changes ADD CONSTRAINT price_changes_reason_short CHECK (char_length(reason) <= 2000);
ALTER TABLE @schema@.orders ADD CONSTRAINT orders_reason_short CHECK (char_length(cancel_reason) <= 2000);
ALTER TABLE @schema@.order_internal_notes ADD CONSTRAINT order_internal_notes_short CHECK (char_length(note) <= 10000);
ALTER TABLE @schema@.vps_configs ADD CONSTRAINT vps_configs_hostname_shape CHECK (server_hostname ~ '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$' AND octet_length(server_hostname) <= 253);
ALTER TABLE @schema@.quota_requests ADD CONSTRAINT quota_requests_note_short CHECK (char_length(review_note) <= 2000);
-- AWS takes 1000 rules of a few hundred bytes each
ALTER TABLE @schema@.lifecycle_rules ADD CONSTRAINT lifecycle_rules_rule_short CHECK (octet_length(rule::text) <= 20000);
ALTER TABLE @schema@.object_share_tokens ADD CONSTRAINT object_share_tokens_email_shape CHECK (shared_with_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(shared_with_email) <= 254);
ALTER TABLE @schema@.notifications ADD CONSTRAINT notifications_title_one_line CHECK (title !~ '[[:cntrl:]]');
ALTER TABLE @schema@.notifications ADD CONSTRAINT notifications_metadata_short CHECK (octet_length(metadata::text) <= 16000);
ALTER TABLE @schema@.audit_log ADD CONSTRAINT audit_log_details_short CHECK (octet_length(details::text) <= 65000);
