-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL cancel_invoice;
NOTNULL generate_invoices;
NOTNULL mark_invoice_paid;
NOTNULL platform_open_invoices: id, account_id, account_name, invoice_number, status, total_cents, currency, due_at;
RAISES cancel_invoice: as command_account | as platform_account | P0002 no such invoice | 55000 it is paid | 22001 a text is longer than
    it may be;
RAISES generate_invoices: 42501 let in neither as platform nor as maintenance | 22023 the month is not over;
RAISES invoice_at_hand: 42501 of the account itself, and not let in as platform | P0002 no such invoice;
RAISES mark_invoice_paid: as command_account | as platform_account | P0002 no such invoice | 55000 it is canceled | 23514 a method that is
    none;
