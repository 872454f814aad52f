-- What the contract tells of what is called here: what each raises, itself or in what it calls.
RAISES check_owned: 53400 he owns as many as he may;
RAISES count_text: as count_use;
RAISES count_use: 53400 it is too much | 42501 no account entered | P0002 the account has ended;
RAISES set_limit: 42501 not let in as platform | 22023 no limit for everybody taken away | 23514 no such limit, or below zero | 23502 no
    name;
