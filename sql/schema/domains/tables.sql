-- Host names of accounts: what proves that one is theirs.

CREATE TABLE @schema@.account_domain_tokens (
    account_id uuid NOT NULL,  --: @public the account
    token text NOT NULL,  --: @token what a TXT record of the domain must hold
    CONSTRAINT account_domain_tokens_pk PRIMARY KEY (account_id),
    CONSTRAINT account_domain_tokens_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.account_domain_tokens IS 'private: what proves a custom domain; set_domain shows it once to an admin';
SELECT primecloud.protect_table('@schema@.account_domain_tokens', read_role => 'admin', write_role => 'admin', delete_role => 'admin');
GRANT SELECT ON @schema@.account_domain_tokens TO @gate@;
