-- What the contract tells of what is called here: what each raises, itself or in what it calls.
RAISES change_member_role: as command_account | as check_rank | P0002 no such member | 23503 he owns the account | 55P03 it is held by
    sessions that cannot be ended | 22001 a text is longer than it may be;
RAISES check_rank: 22023 no such role | 42501 it is above the caller's own;
RAISES lock_member: P0002 no such member | 42501 no account entered | 55P03 it is held by sessions that cannot be ended;
RAISES remove_member: as command_account | as check_rank | P0002 no such member | 23503 he owns the account | 55P03 it is held by sessions
    that cannot be ended;
RAISES transfer_ownership: as command_account | P0002 no such member | 55P03 it is held by sessions that cannot be ended | 53400 a limit
    is reached;
