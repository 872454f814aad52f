-- What each raises, itself or in what it calls; `as` is another's, and more.
RAISES delete_customer: as command_account | P0002 no such customer | 23503 buckets are kept for him | 55006 what it would remove is held;
