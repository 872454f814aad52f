-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL record_usage;
RAISES record_usage: 42501 not let in as worker | 22023, 22P02 no list of measurements | 23514 a negative figure;
