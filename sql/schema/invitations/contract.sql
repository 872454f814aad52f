-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL accept_invitation;
NOTNULL invite: id, token;
NOTNULL revoke_invitation;
RAISES accept_invitation: P0002 there is none, it has expired, been used or renewed, is for another address, or of an account that is not
    active | 42501 nobody entered | 55000 not in READ COMMITTED | PC001, PC002 no root key, or not this database's | 22001 a text is
    longer than it may be;
RAISES end_invitation: 42501 no account entered | 55P03 it is held by sessions that cannot be ended;
RAISES invite: as command_account | as check_rank | 23514 no e-mail address | PC001, PC002 no root key, or not this database's | 53400 a
    limit is reached | 55P03 held by a session that is not ended | 22001 a text is longer than it may be;
RAISES revoke_invitation: as command_account | 55P03 held by a session that is not ended;
