-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL place_vps_order;
RAISES place_vps_order: as command_account | P0002 no price for it | 23514 a size that is none | 53400 a limit is reached | 22001 a text
    is longer than it may be;
RAISES set_vps_credentials: as platform_account | P0002 no such machine | 23514 a host name that is none | 23502 no credentials | PC001,
    PC002 no root key, or not this database's;
