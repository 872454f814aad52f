-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL set_product;
RAISES set_price: 42501 not let in as platform | 23514 a price or unit that is none;
RAISES set_product: as require_platform | 23514 a price, limit or type that is none | 23502;
