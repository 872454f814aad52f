-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL acknowledge_outbox;
NOTNULL claim_outbox: sequence, claim_token, account_id, object, operation, payload, attempts;
NOTNULL dead_orders: sequence, account_id, service, object, operation, attempts, held_up;
NOTNULL discard_outbox;
NOTNULL renew_outbox;
NOTNULL retry_outbox;
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
