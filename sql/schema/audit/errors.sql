-- What each raises, itself or in what it calls; `as` is another's, and more.
RAISES audit: 42501 no account entered | 23514 no such severity, or an action that is none;
