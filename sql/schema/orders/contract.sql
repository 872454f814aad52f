-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL move_order;
NOTNULL orders_count: is_exact;
NOTNULL place_order;
NOTNULL platform_open_orders: id, account_id, account_name, order_number, order_type, status, payment_status, total_cents, currency,
    created_at;
NOTNULL request_dedicated;
NOTNULL set_payment;
RAISES note_order: as platform_account | P0002 no such order | 23514 a note that is too long;
RAISES move_order: as command_account | as platform_account | P0002 no such order | 23514 there is no such way | 53400 a limit is
    reached | 22001 a text is longer than it may be;
RAISES orders_count: 22023 no such mode | 42501 no account entered | 22001 a text is longer than it may be;
RAISES place_order: as command_account | P0002 no such product on offer | 23514 a quantity below 1 or above ten thousand, or notes that are
    too long | 53400 a limit is reached | 22001 a text is longer than it may be;
RAISES quote_order: as platform_account | P0002 no such order | 55000 it is past being quoted | 23514 a price that is none, or a discount
    above it;
RAISES request_dedicated: as command_account | 23514 notes that are too long | 53400 a limit is reached | 22001 a text is longer than it
    may be;
RAISES set_payment: as platform_account | P0002 no such order | 23514 there is no such way, or no such method;
