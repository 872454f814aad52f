-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL cancel_subscription;
NOTNULL change_subscription;
NOTNULL grant_trial;
NOTNULL subscribe;
RAISES cancel_subscription: as command_account;
RAISES change_subscription: as command_account | P0002 no live subscription, or no such product on offer;
RAISES grant_trial: as platform_account | P0002 no such product on offer | 22023 an end that is past, or more than a year away | 23505 the
    account has a subscription;
RAISES live_subscription: 42501 no account entered;
RAISES subscribe: as command_account | P0002 no such product on offer | 23505 the account has another subscription;
