-- What the contract tells of what is called here: what each raises, itself or in what it calls.
RAISES delete_customer: as command_account | P0002 no such customer | 23503 buckets are kept for him | 55006 what it would remove is held;
