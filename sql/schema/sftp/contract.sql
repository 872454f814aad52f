-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL create_sftp_credential: id, password;
NOTNULL reset_sftp_password;
NOTNULL revoke_sftp_credential;
RAISES create_sftp_credential: as command_account | 23505 the account has a login, or the name is taken | 23514 a name that is none |
    53400 a limit is reached | 22001 a text is longer than it may be;
RAISES lock_sftp: P0002 no such login | 42501 no account entered | 55P03 of one that is to end: it is held by sessions that cannot be
    ended;
RAISES order_sftp_user: 42501 no account entered | 53400 a limit is reached | P0002 the account has ended;
RAISES order_sftp_users: as order_sftp_user;
RAISES reset_sftp_password: as command_account | P0002 no such login | 55000 it is revoked | 53400 a limit is reached | 55P03 held by a
    session that is not ended;
RAISES revoke_sftp_credential: as command_account | P0002 no such login | 53400 a limit is reached | 55P03 held by a session that is not
    ended;
RAISES sftp_used: as require_worker;
