-- What each raises, itself or in what it calls; `as` is another's, and more.
RAISES acknowledge_outbox: as require_worker;
RAISES claim_outbox: as require_worker;
RAISES discard_outbox: as require_worker;
RAISES fail_outbox: as require_worker;
RAISES order_secret: as require_worker | 42501 of a role that create_worker_role has not made | 55000 not claimed by this token, or not
    any more | P0002 the secret is gone | 22023 the order names none | PC001, PC002, PC003, PC004, PC005, PC008 the secret cannot be
    opened;
RAISES order_service: 42501 no account entered | 23514 no such service | 53400 a limit is reached | P0002 the account has ended;
RAISES renew_outbox: as require_worker;
RAISES retry_outbox: as require_worker;
