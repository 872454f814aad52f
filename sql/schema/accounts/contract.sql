-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL create_account;
NOTNULL my_accounts: role, account;
NOTNULL platform_accounts_page: id, slug, name, status, storage_used_bytes, storage_quota_bytes, created_at;
RAISES create_account: 42501 nobody entered, or a user who is not registered | 55000 not in READ COMMITTED | 23505 the slug is taken |
    23514 a slug or name that is none | 23502 | 53400 a limit is reached | 22001 a text is longer than it may be;
RAISES delete_account: as command_account | 22023 the slug is another account's | 55000 this transaction has changed the account's row |
    55P03 it is held by sessions that cannot be ended | 55006 a row of it is under a legal hold | 53400 a limit is reached | 22001 a text
    is longer than it may be;
RAISES delete_closed_account: as platform_account | as end_account | 55000 the account is active;
RAISES end_account: 22023 the slug is another account's | 55000 this transaction has changed the account's row | 55P03 it is held by
    sessions that cannot be ended | 55006 a row of it is under a legal hold | P0002 the account is gone | 53400 it has ordered as much as
    it may | 22001 a text is longer than it may be;
RAISES set_account_status: as platform_account | 23514 no such status | 55P03 it is held by sessions that cannot be ended | 53400 a limit
    is reached;
