-- What each raises, itself or in what it calls; `as` is another's, and more.
RAISES record_usage: 42501 not let in as worker | 22023, 22P02 no list of measurements | 23514 a negative figure;
