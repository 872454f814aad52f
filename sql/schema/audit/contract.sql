-- What the contract tells of what is called here: what each raises, itself or in what it calls.
RAISES audit: 42501 no account entered | 23514 no such severity, or an action that is none;
