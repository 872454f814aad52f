-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL create_access_key: id, access_key_id, secret_access_key;
NOTNULL revoke_access_key;
NOTNULL rotate_access_key: id, access_key_id, secret_access_key;
RAISES create_access_key: as command_account | as make_access_key | 53400 a limit is reached | 22001 a text is longer than it may be;
RAISES end_access_key: 42501 no account entered | 53400 a limit is reached | P0002 the account has ended;
RAISES key_used: as require_worker;
RAISES lock_key: P0002 no such key | 42501 no account entered | 55P03 of one that is to end: it is held by sessions that cannot be ended;
RAISES make_access_key: 22023 it would have expired already | 23514 a name or permissions that are none | 42501 no account entered |
    PC001, PC002 no root key, or not this database's | 53400 a limit is reached | P0002 the account has ended;
RAISES revoke_access_key: as command_account | P0002 no such key | 53400 a limit is reached | 55P03 held by a session that is not ended;
RAISES rotate_access_key: as command_account | as make_access_key | P0002 no such key | 55000 it is revoked, or has been rotated | 53400 a
    limit is reached | 55P03 held by a session that is not ended;
