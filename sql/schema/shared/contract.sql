-- What the contract tells of what is called here: what each raises, itself or in what it calls.
RAISES command_account: 42501 no account entered, or the role is too low | P0002 the account ended while this waited for it | 55000 not in
    READ COMMITTED;
RAISES hold_account: P0002 the account has ended | 42501 no account entered | 23514 no such kind of lock;
RAISES lock_account: as hold_account;
RAISES platform_account: as command_account | 42501 not let in as platform;
RAISES require_platform: 42501 not let in as platform;
RAISES require_worker: 42501 not let in as worker;
RAISES take_account: 55P03 it is held by sessions that cannot be ended | P0002 it has ended | 42501 no account entered;
RAISES take_row: 42P01 no such table | 42501 no account entered | 55P03 it is held by sessions that cannot be ended;
