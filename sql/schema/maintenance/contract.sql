-- What the contract tells of what is called here: what each raises, itself or in what it calls.
RAISES check_not_held: 42501 no account entered | 55006 a row of it is under a legal hold;
RAISES maintain: 42501 not let in as maintenance;
RAISES run_maintenance: as maintain | 2D000 inside a transaction block;
