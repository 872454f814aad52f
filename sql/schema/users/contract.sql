-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL register_user;
RAISES register_user: 23505 the address is another user's | 23514 no e-mail address | 55P03 a command about the person is open;
