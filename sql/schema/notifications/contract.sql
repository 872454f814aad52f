-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL mark_all_read;
NOTNULL mark_read;
NOTNULL unread_count;
RAISES mark_all_read: as command_account;
RAISES mark_read: as command_account;
RAISES notify: as command_account | 22023 no such type | 23502 no title | 22001 metadata of more than 64 kB | 53400 a limit is reached;
RAISES send_notification: 22023 no such type | 42501 no account entered | 53400 a limit is reached | P0002 the account has ended;
