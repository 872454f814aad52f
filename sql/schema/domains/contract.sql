-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL resolve_domain: account_id, slug, name;
RAISES confirm_domain: 42501 not let in as gateway | 23505 another account proves the name meanwhile;
RAISES set_domain: as command_account | 23514 no host name | 22001 a text is longer than it may be;
