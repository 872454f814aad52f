-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL add_lifecycle_rule;
NOTNULL create_bucket;
NOTNULL remove_lifecycle_rule;
NOTNULL revoke_bucket;
RAISES add_lifecycle_rule: as command_account | P0002 no such bucket | 22P02, 22023 no rule, or one that contradicts the others | 23505
    its ID is taken | 23514 it is too long | 53400 a limit is reached | 22001 a text is longer than it may be;
RAISES create_bucket: as command_account | 23505 the account has one of that name | 23514 a name that is none | 22023 it is too long to be
    made unique | 53400 a limit is reached | 22001 a text is longer than it may be;
RAISES delete_bucket: as command_account | P0002 no such bucket | 55000 it holds objects | 53400 a limit is reached | 55006 what it would
    remove is held;
RAISES grant_bucket: as command_account | P0002 no such bucket or member | 23514 no such permission | 22001 a text is longer than it may
    be;
RAISES lock_bucket: P0002 no such bucket | 42501 no account entered;
RAISES order_bucket: as order_service;
RAISES order_bucket_quota: as order_service;
RAISES order_lifecycle: 22023 the rules contradict each other | 42501 no account entered | 53400 a limit is reached | P0002 the account
    has ended;
RAISES remove_lifecycle_rule: as command_account | P0002 no such bucket | 22023 the rules that remain contradict each other | 53400 a
    limit is reached | 22001 a text is longer than it may be | 55006 what it would remove is held;
RAISES revoke_bucket: as command_account | 55P03 held by a session that is not ended;
RAISES set_bucket_lifecycle: as command_account | P0002 no such bucket | 22P02, 22023 no configuration | 23505 two rules of one ID | 53400
    a limit is reached | 22001 a text is longer than it may be | 55006 what it would remove is held;
RAISES set_bucket_quota: as command_account | P0002 no such bucket | 23514 more than the account has, or less than nothing | 53400 a limit
    is reached;
RAISES set_bucket_versioning: as command_account | P0002 no such bucket | 23502 NULL | 53400 a limit is reached;
