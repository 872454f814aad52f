-- What the contract tells of what is called here: what each raises, itself or in what it calls.
RAISES load_demo: 22023 too few or too many | 42501 not the schema's owner | 55000 its protection cannot be lifted;
RAISES load_demo_orders: 42P01 not called by load_demo;
