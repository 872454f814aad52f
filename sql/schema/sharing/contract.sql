-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL open_share: bucket, object_key, access, expires_at;
NOTNULL revoke_share;
NOTNULL share_object: id, token;
NOTNULL tag_object;
NOTNULL untag_object;
RAISES end_shares: 42501 no account entered;
RAISES open_share: P0002 no such link, or one that has ended | 55000 not in READ COMMITTED | PC001, PC002 no root key, or not this
    database's | 22001 a text is longer than it may be;
RAISES reach_bucket: as command_account | P0002 no such bucket, or none that the caller was granted;
RAISES revoke_share: as command_account | 55P03 held by a session that is not ended;
RAISES share_object: as reach_bucket | 23514 a key, access or address that is none | PC001, PC002 no root key, or not this database's |
    53400 a limit is reached | 22001 a text is longer than it may be;
RAISES tag_object: as reach_bucket | 23514 a key or tag that is none | 53400 a limit is reached | 22001 a text is longer than it may be;
RAISES untag_object: as reach_bucket | 22001 a text is longer than it may be | 55006 what it would remove is held;
