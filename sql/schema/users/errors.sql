-- What each raises, itself or in what it calls; `as` is another's, and more.
RAISES register_user: 23505 the address is another user's | 23514 no e-mail address | 55P03 a command about the person is open;
